import { viewOf } from './byte-queue.js';

/**
 * The options of a pcapng block by code (draft-ietf-opsawg-pcapng, section 3.5); of a repeated option the last.
 * Reading ends at the end-of-options mark, the end of the bytes, or an option that reaches past it.
 */
export const readOptions = (bytes: Uint8Array, littleEndian: boolean): Map<number, Uint8Array> => {
  const options = new Map<number, Uint8Array>();
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + 4 <= bytes.length) {
    const code = view.getUint16(offset, littleEndian);
    const length = view.getUint16(offset + 2, littleEndian);
    if (code === 0 || offset + 4 + length > bytes.length) break;
    options.set(code, bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
};

/** A 64-bit option as a number (counters stay far below 2^53); null when absent or of another length. */
export const readCount = (option: Uint8Array | undefined, littleEndian: boolean): number | null =>
  option?.length === 8 ? Number(viewOf(option).getBigUint64(0, littleEndian)) : null;
