import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a flight recorder keeps the present, in its folder. */
export const RING = 'ring';

/** A piece of one stream in the ring: `capture.sender.1795881662159.pcap`; the number is when it begins (ms since 1970). */
export interface RingPart {
  readonly stream: string;
  readonly path: string;
  readonly fromMs: number;
  /** When something was written to it last. */
  readonly toMs: number;
  readonly bytes: number;
}

const NAME = /^(.+)\.(\d{13})\.(raw|pcap|ndjson|jsonl)$/;

/** Every stream's kind of file. */
export const extensionOf = (stream: string, isRaw: boolean): string => {
  if (stream.startsWith('capture.')) return 'pcap';
  if (stream === 'vitals') return 'ndjson';
  return isRaw ? 'raw' : 'jsonl';
};

/** What the ring holds, by when it begins. */
export const listRing = async (folder: string): Promise<RingPart[]> => {
  const ring = join(folder, RING);
  const names = await readdir(ring).catch(() => []);
  const parts = await Promise.all(
    names.map(async (name): Promise<RingPart[]> => {
      const match = NAME.exec(name);
      if (!match) return [];
      const path = join(ring, name);
      const found = await stat(path).catch(() => null);
      if (!found) return [];
      return [
        { stream: match[1] ?? '', path, fromMs: Number(match[2]), toMs: Math.ceil(found.mtimeMs), bytes: found.size },
      ];
    }),
  );
  return parts.flat().sort((a, b) => a.fromMs - b.fromMs);
};

/** The snapshot beside a part of the trace. */
export const snapshotOf = (path: string): string => path.replace(/\.raw$/, '.start.json');
