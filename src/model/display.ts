const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065]/gu;

/**
 * Text from a trace made safe to show: control characters, terminal escapes, bidirectional and invisible marks become
 * `\xNN` or `\u{NNNN}`. HTML is escaped by the HTML report, not here.
 */
export const displayText = (text: string): string =>
  text.replace(UNSAFE, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
