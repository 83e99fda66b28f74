import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { splitLines } from '../../sources/text-lines.js';

async function* changeLines(
  bytes: AsyncIterable<Uint8Array>,
  change: (line: string) => string | null,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const { texts } of splitLines(bytes)) {
    const lines = texts.flatMap((text) => {
      // Longer than any line that is known.
      const changed = change(text?.replace(/\r$/, '') ?? '\0');
      return changed === null ? [] : [`${changed}\n`];
    });
    yield Buffer.from(lines.join(''));
  }
}

/** Write bytes to a file of the user's own. */
export const writeBytes = (bytes: AsyncIterable<Uint8Array>, to: string, signal?: AbortSignal): Promise<void> =>
  pipeline(Readable.from(bytes), createWriteStream(to, { mode: 0o600 }), { signal });

/**
 * Write a text line by line as `change` makes it; where that says null, there is none. Streamed, so the text may be of any size.
 *
 * @param isCompressed write it as gzip
 */
export const rewriteLines = async (
  bytes: AsyncIterable<Uint8Array>,
  to: string,
  change: (line: string) => string | null,
  { isCompressed = false, signal }: { isCompressed?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<void> => {
  const lines = Readable.from(changeLines(bytes, change));
  const file = createWriteStream(to, { mode: 0o600 });
  await (isCompressed ? pipeline(lines, createGzip(), file, { signal }) : pipeline(lines, file, { signal }));
};
