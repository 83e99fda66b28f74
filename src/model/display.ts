const UNSAFE =
  // eslint-disable-next-line no-control-regex -- control characters are what is being replaced
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Text from a trace made safe to show: control characters, terminal escapes, bidirectional and invisible marks become
 * `\xNN` or `\u{NNNN}`. HTML is escaped by the HTML report, not here.
 */
export const displayText = (text: string): string =>
  text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
