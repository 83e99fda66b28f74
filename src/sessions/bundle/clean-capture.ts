import { recogniseCapture, PcapRecords } from '../../sources/capture/index.js';
import { peek } from '../../sources/peek.js';
import { RECOGNISE_BYTES } from '../../sources/recognise.js';
import { cleanPcapng } from './clean-pcapng.js';
import { zeroAuthentication, type Zeroed } from './zero-authentication.js';

/** Told of each frame in which something was zeroed. */
export type OnZeroed = (zeroed: Zeroed) => void;

/** A capture whose frames hold no secrets. */
export interface CleanCapture {
  readonly kind: 'pcap' | 'pcapng' | 'tcpdump-text' | 'unknown';
  /** For `pcap` and `pcapng` the cleaned bytes, else as they are. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

async function* cleanPcap(
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  onZeroed: OnZeroed,
): AsyncGenerator<Uint8Array, void, undefined> {
  let ready: Uint8Array[] = [];
  const records = new PcapRecords(where, ({ linkType, bytes: record, frame }) => {
    const copy = Uint8Array.from(record);
    onZeroed(zeroAuthentication(linkType, copy.subarray(record.length - frame.length)));
    ready.push(copy);
  });
  let isBegun = false;
  for await (const chunk of bytes) {
    records.push(chunk);
    if (!isBegun && records.fileHeader) {
      isBegun = true;
      yield records.fileHeader;
    }
    yield* ready;
    ready = [];
    if (records.corrupt) return;
  }
}

/**
 * A capture without VRRP authentication data and without the payload of packets that are no advertisements; times, lengths and numbers of packets stay. What is
 * cut or corrupt at its end is left out.
 *
 * @param where names the input in errors
 * @throws InputError where a pcap file cannot be read at all; the bytes throw it
 */
export const cleanCapture = async (
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  onZeroed: OnZeroed,
): Promise<CleanCapture> => {
  const { head, bytes: all } = await peek(bytes, RECOGNISE_BYTES);
  const recognised = recogniseCapture(head) ?? 'unknown';
  // What tshark prints shows passwords in any of its fields; nothing here cleans it.
  const kind = recognised.startsWith('tshark-') ? 'unknown' : (recognised as CleanCapture['kind']);
  if (kind === 'pcap') return { kind, bytes: cleanPcap(all, where, onZeroed) };
  return { kind, bytes: kind === 'pcapng' ? cleanPcapng(all, onZeroed) : all };
};
