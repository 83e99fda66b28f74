import type { CounterDefinition, CounterTable } from '../model/counters.js';

const IN_UTF16: CounterDefinition = {
  name: 'input_utf16',
  source: 'input',
  severity: 'info',
  help: 'An input is text in UTF-16, as PowerShell writes with >; it was read as any other.',
};

const BYTE_ORDER_MARKS = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] } as const;
type Utf16 = keyof typeof BYTE_ORDER_MARKS;

/** How many bytes of content tell. */
export const UTF16_MARK_LENGTH = 2;

/**
 * What byte order a text in UTF-16 has, by its byte-order mark; null for anything else. No other input begins with one,
 * and text in UTF-16 without one is not recognised.
 */
export const utf16Of = (head: Uint8Array): Utf16 | null => {
  for (const [name, [first, second]] of Object.entries(BYTE_ORDER_MARKS))
    if (head[0] === first && head[1] === second) return name as Utf16;
  return null;
};

/** Text in UTF-16 as UTF-8, without its byte-order mark; half a character at the end or a lone surrogate becomes U+FFFD. */
export async function* utf8FromUtf16(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Utf16,
  counters: CounterTable,
): AsyncGenerator<Uint8Array, void, undefined> {
  counters.add(IN_UTF16);
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
