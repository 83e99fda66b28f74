/** The same capture on another clock, in another form, or with packets missing or doubled. */
import { seededRandom } from './transform-trace.js';

export interface PcapPacket {
  /** ns since the epoch. */
  readonly time: bigint;
  readonly frame: Buffer;
}

export interface PcapFile {
  readonly header: Buffer;
  readonly packets: PcapPacket[];
}

const BILLION = 1_000_000_000n;

const formOf = (magic: number): { little: boolean; unit: bigint } => {
  switch (magic) {
    case 0xa1b2c3d4:
      return { little: true, unit: 1000n };
    case 0xa1b23c4d:
      return { little: true, unit: 1n };
    case 0xd4c3b2a1:
      return { little: false, unit: 1000n };
    default:
      return { little: false, unit: 1n };
  }
};

/** Classic pcap of any byte order and unit. */
export const parsePcap = (file: Buffer): PcapFile => {
  const { little, unit } = formOf(file.readUInt32LE(0));
  const word = (at: number): number => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const packets: PcapPacket[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const end = at + 16 + word(at + 8);
    packets.push({
      time: BigInt(word(at)) * BILLION + BigInt(word(at + 4)) * unit,
      frame: file.subarray(at + 16, end),
    });
    at = end;
  }
  return { header: file.subarray(0, 24), packets };
};

export const printPcap = ({ header, packets }: PcapFile): Buffer => {
  const { little, unit } = formOf(header.readUInt32LE(0));
  const parts: Buffer[] = [header];
  for (const { time, frame } of packets) {
    const head = Buffer.alloc(16);
    [Number(time / BILLION), Number((time % BILLION) / unit), frame.length, frame.length].forEach((value, i) =>
      little ? head.writeUInt32LE(value, 4 * i) : head.writeUInt32BE(value, 4 * i),
    );
    parts.push(head, frame);
  }
  return Buffer.concat(parts);
};

export type CaptureChange = (packets: readonly PcapPacket[]) => PcapPacket[];

export const shiftCapture =
  (ns: bigint): CaptureChange =>
  (packets) =>
    packets.map((packet) => ({ ...packet, time: packet.time + ns }));

/** Every packet is missing with this probability. */
export const losePackets =
  (share: number, seed: number): CaptureChange =>
  (packets) => {
    const random = seededRandom(seed);
    return packets.filter(() => random() >= share);
  };

/** Every packet twice, some us apart, as on `-i any` or a mirror port. */
export const doublePackets: CaptureChange = (packets) =>
  packets.flatMap((packet) => [packet, { ...packet, time: packet.time + 7_000n }]);

const vrrpOf = (frame: Buffer): { ip: Buffer; vrrp: Buffer } | null => {
  if (frame.length < 42 || frame.readUInt16BE(12) !== 0x0800) return null;
  const ip = frame.subarray(14);
  if (ip[9] !== 112) return null;
  return { ip, vrrp: ip.subarray((ip[0]! & 0x0f) * 4) };
};

const dotted = (bytes: Buffer): string => [...bytes].join('.');

/** As `tcpdump -n -ttt` prints version 2 advertisements: deltas to the line before, no date, microseconds. */
export const printDeltas = (packets: readonly PcapPacket[]): string => {
  let last: bigint | null = null;
  const lines: string[] = [];
  for (const { time, frame } of packets) {
    const parts = vrrpOf(frame);
    if (!parts) continue;
    const { ip, vrrp } = parts;
    const us = time / 1000n;
    const delta = us - (last ?? us);
    last = us;
    const pad = (value: bigint, width: number): string => String(value).padStart(width, '0');
    const clock = `${pad(delta / 3_600_000_000n, 2)}:${pad((delta / 60_000_000n) % 60n, 2)}:${pad((delta / 1_000_000n) % 60n, 2)}.${pad(delta % 1_000_000n, 6)}`;
    lines.push(
      ` ${clock} IP ${dotted(ip.subarray(12, 16))} > ${dotted(ip.subarray(16, 20))}: VRRPv2, Advertisement, vrid ${vrrp[1]}, prio ${vrrp[2]}, authtype simple, intvl ${vrrp[5]}s, length ${ip.readUInt16BE(2) - (ip[0]! & 0x0f) * 4}`,
    );
  }
  return `${lines.join('\n')}\n`;
};
