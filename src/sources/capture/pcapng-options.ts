import { viewOf } from './byte-queue.js';

/**
 * The options of a pcapng block by code (draft-ietf-opsawg-pcapng, section 3.5); of a repeated option the last.
 * Reading ends at the end-of-options mark or the end of the bytes.
 *
 * @param onOverrun an option reaches past the end; it and what follows are not read
 */
export const readOptions = (
  bytes: Uint8Array,
  littleEndian: boolean,
  onOverrun: () => void,
): Map<number, Uint8Array> => {
  const options = new Map<number, Uint8Array>();
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + 4 <= bytes.length) {
    const code = view.getUint16(offset, littleEndian);
    const length = view.getUint16(offset + 2, littleEndian);
    if (code === 0) break;
    if (offset + 4 + length > bytes.length) {
      onOverrun();
      break;
    }
    options.set(code, bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
};

/**
 * A 64-bit option as a number; null when absent, of another length, or beyond 2^53, as no recorder counts: all bits set
 * is how Wireshark's tools write that they do not know.
 */
export const readCount = (option: Uint8Array | undefined, littleEndian: boolean): number | null => {
  if (option?.length !== 8) return null;
  const count = Number(viewOf(option).getBigUint64(0, littleEndian));
  return Number.isSafeInteger(count) ? count : null;
};
