import type { Capture, CapturedAdvertisement, Family } from '../model/advertisement.js';

/** Advertisements of one virtual router from one source to one destination: what the contract calls an instance. */
export interface StreamKey {
  readonly vrid: number;
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
}

export const streamName = (key: StreamKey): string =>
  `${String(key.vrid)}-${key.family}-${key.source}-${key.destination}`;

/** Copies of one packet (a capture on any interface, a mirror port) follow each other within this time (ns). */
const COPY_WITHIN = 5_000_000;
/** Without an identification, copies are told by being nearly simultaneous (ns). */
const COPY_AT_ONCE = 20_000;

const isCopy = (packet: CapturedAdvertisement, before: CapturedAdvertisement | undefined): boolean => {
  if (before?.ipId !== packet.ipId || before.priority !== packet.priority) return false;
  return packet.time - before.time <= (packet.ipId === null || packet.ipId === 0 ? COPY_AT_ONCE : COPY_WITHIN);
};

/** The streams of a capture, in order of appearance, each in time order and without copies of the same packet. */
export const streamsOf = (capture: Capture): Map<string, CapturedAdvertisement[]> => {
  const streams = new Map<string, CapturedAdvertisement[]>();
  for (const advertisement of capture.advertisements) {
    const name = streamName(advertisement);
    const stream = streams.get(name);
    if (stream) stream.push(advertisement);
    else streams.set(name, [advertisement]);
  }
  for (const [name, stream] of streams) {
    stream.sort((a, b) => a.time - b.time);
    streams.set(
      name,
      stream.filter((packet, i) => !isCopy(packet, stream[i - 1])),
    );
  }
  return streams;
};
