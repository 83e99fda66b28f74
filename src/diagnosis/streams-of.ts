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

/** The streams of a capture, in order of appearance, each in time order. */
export const streamsOf = (capture: Capture): Map<string, CapturedAdvertisement[]> => {
  const streams = new Map<string, CapturedAdvertisement[]>();
  for (const advertisement of capture.advertisements) {
    const name = streamName(advertisement);
    const stream = streams.get(name);
    if (stream) stream.push(advertisement);
    else streams.set(name, [advertisement]);
  }
  for (const stream of streams.values()) stream.sort((a, b) => a.time - b.time);
  return streams;
};
