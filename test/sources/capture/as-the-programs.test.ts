import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authenticated,
  concat,
  cooked,
  cooked2,
  ethernet,
  extension,
  fragment6,
  ipv4,
  ipv6,
  loopback,
  pcap,
  pcapngBlocks,
  routing,
  vrrp2,
  vrrp3,
} from './packet-builder.js';
import { readAny, timesOf } from './reading.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'whylate-as-the-programs-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Packet {
  readonly name: string;
  /** From the IP header on. */
  readonly bytes: Uint8Array;
  /** How many bytes of it are in the file; all where there is none. */
  readonly cutTo?: number;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A message of version 3 with any count of addresses, the checksum left out. */
const message3 = (count: number, units: number, addressBytes: number): Uint8Array =>
  concat(
    Uint8Array.of(0x31, 9, 120, count, units >> 8, units & 255, 0, 0),
    new Uint8Array(count * addressBytes).fill(10),
  );

/** RFC 1071 over the message; version 2 has no pseudo-header. */
const withChecksum = (message: Uint8Array): Uint8Array => {
  const copy = message.slice();
  copy[6] = copy[7] = 0;
  let sum = 0;
  for (let i = 0; i < copy.length; i += 2) sum += (copy[i]! << 8) | (copy[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  new DataView(copy.buffer).setUint16(6, ~sum & 0xffff);
  return copy;
};

const setTotalLength = (packet: Uint8Array, length: number): Uint8Array => {
  const copy = packet.slice();
  new DataView(copy.buffer).setUint16(2, length);
  return copy;
};

const whole2 = ipv4(vrrp2({ addresses: 2 }));
const whole3 = ipv4(message3(2, 100, 4));
const whole6 = ipv6(message3(1, 100, 16));

const FOUR: Packet[] = [
  ...range(0, 20).map((addresses) => ({
    name: `version 2, ${addresses} addresses`,
    bytes: ipv4(vrrp2({ addresses })),
  })),
  ...range(0, 20).map((count) => ({ name: `version 3, ${count} addresses`, bytes: ipv4(message3(count, 100, 4)) })),
  ...[0, 1, 2, 3, 9, 255].map((auth) => ({ name: `authentication ${auth}`, bytes: ipv4(vrrp2({ auth })) })),
  ...[0, 1, 64, 254].map((ttl) => ({ name: `TTL ${ttl}`, bytes: ipv4(vrrp2(), { ttl }) })),
  ...[0, 1, 255].flatMap((value) => [
    { name: `version 2, router ${value}`, bytes: ipv4(vrrp2({ vrid: value })) },
    { name: `version 2, priority ${value}`, bytes: ipv4(vrrp2({ priority: value })) },
    { name: `version 2, ${value} s`, bytes: ipv4(vrrp2({ seconds: value })) },
  ]),
  ...[1, 7, 255, 256, 4095, 0x1001, 0xf000 + 4095].map((units) => ({
    name: `version 3, interval ${units}`,
    bytes: ipv4(message3(1, units, 4)),
  })),
  { name: 'the right checksum', bytes: ipv4(withChecksum(vrrp2())) },
  {
    name: 'a count that says more than there is',
    bytes: ipv4(Uint8Array.from(vrrp2(), (byte, i) => (i === 3 ? 9 : byte))),
  },
  { name: 'unicast', bytes: ipv4(vrrp2(), { to: '10.0.0.92' }) },
  { name: 'an IP option', bytes: ipv4(vrrp2(), { options: Uint8Array.of(0x94, 4, 0, 0) }) },
  { name: 'IP options to the full', bytes: ipv4(vrrp2(), { options: new Uint8Array(40).fill(1) }) },
  { name: 'an authentication header', bytes: ipv4(authenticated(vrrp2({ auth: 2 })), { protocol: 51 }) },
  { name: 'a first fragment', bytes: ipv4(vrrp2(), { fragment: 0x2000 }) },
  { name: 'a later fragment', bytes: ipv4(vrrp2(), { fragment: 3 }) },
  { name: 'another protocol', bytes: ipv4(new Uint8Array(16), { protocol: 200 }) },
  { name: 'version 1', bytes: ipv4(vrrp2({ version: 1 })) },
  { name: 'version 4', bytes: ipv4(vrrp2({ version: 4 })) },
  { name: 'type 2', bytes: ipv4(vrrp2({ type: 2 })) },
  { name: 'trailing padding', bytes: concat(ipv4(message3(1, 100, 4)), new Uint8Array(18)) },
  ...range(20, 28).map((length) => ({ name: `a total length of ${length}`, bytes: setTotalLength(whole2, length) })),
  { name: 'a total length of 0', bytes: setTotalLength(whole2, 0) },
  { name: 'a total length beyond the packet', bytes: setTotalLength(whole2, 400) },
  ...range(1, whole2.length - 1).map((cutTo) => ({ name: `version 2, cut to ${cutTo}`, bytes: whole2, cutTo })),
  ...range(20, whole3.length - 1).map((cutTo) => ({ name: `version 3, cut to ${cutTo}`, bytes: whole3, cutTo })),
];

const SIX: Packet[] = [
  ...range(0, 20).map((count) => ({ name: `IPv6, ${count} addresses`, bytes: ipv6(message3(count, 100, 16)) })),
  ...[1, 4095, 0xf000 + 4095].map((units) => ({
    name: `IPv6, interval ${units}`,
    bytes: ipv6(message3(1, units, 16)),
  })),
  { name: 'IPv6, version 2', bytes: ipv6(vrrp2()) },
  { name: 'IPv6, hop-by-hop options', bytes: ipv6(extension(vrrp3()), { next: 0 }) },
  { name: 'IPv6, destination options', bytes: ipv6(extension(vrrp3()), { next: 60 }) },
  { name: 'IPv6, routing', bytes: ipv6(routing(vrrp3()), { next: 43 }) },
  { name: 'IPv6, a first fragment', bytes: ipv6(fragment6(vrrp3()), { next: 44 }) },
  { name: 'IPv6, a later fragment', bytes: ipv6(fragment6(vrrp3(), 2), { next: 44 }) },
  { name: 'IPv6, an authentication header', bytes: ipv6(authenticated(vrrp3()), { next: 51 }) },
  ...range(1, whole6.length - 1).map((cutTo) => ({ name: `IPv6, cut to ${cutTo}`, bytes: whole6, cutTo })),
];

const QINQ = [
  [0x88a8, 5],
  [0x8100, 10],
] as const;

/** A kind of link: its number, what it puts in front, and which packets it can carry. */
const LINKS: Readonly<
  Record<string, { type: number; frame: (packet: Uint8Array) => Uint8Array; packets: readonly Packet[] }>
> = {
  EN10MB: { type: 1, frame: (packet) => ethernet(packet), packets: [...FOUR, ...SIX] },
  'EN10MB, VLAN': { type: 1, frame: (packet) => ethernet(packet, [[0x8100, 10]]), packets: [...FOUR, ...SIX] },
  'EN10MB, QinQ': { type: 1, frame: (packet) => ethernet(packet, QINQ), packets: [...FOUR, ...SIX] },
  LINUX_SLL: { type: 113, frame: (packet) => cooked(packet), packets: [...FOUR, ...SIX] },
  LINUX_SLL2: { type: 276, frame: (packet) => cooked2(packet), packets: [...FOUR, ...SIX] },
  NULL: { type: 0, frame: (packet) => loopback(packet, true), packets: [...FOUR, ...SIX] },
  LOOP: { type: 108, frame: (packet) => loopback(packet, false), packets: [...FOUR, ...SIX] },
  RAW: { type: 101, frame: (packet) => packet, packets: [...FOUR, ...SIX] },
  IPV4: { type: 228, frame: (packet) => packet, packets: FOUR },
  IPV6: { type: 229, frame: (packet) => packet, packets: SIX },
};

const START = 1_795_347_034n;

/** Frames and what they are called; the time of each is its number in seconds, with a fraction of its own. */
const framesOf = (link: string) => {
  const { frame, packets } = LINKS[link]!;
  return packets.map(({ name, bytes, cutTo }, i) => {
    const built = frame(bytes);
    const kept = cutTo === undefined ? built.length : built.length - bytes.length + cutTo;
    return { name: `${link}: ${name}`, built, kept, seconds: Number(START) + i, fraction: 1000 + 7 * i };
  });
};

interface Subject {
  readonly file: string;
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
  /** tcpdump reads one kind of link a file. */
  readonly programs: readonly ('tcpdump' | 'tshark')[];
}

const ORDERS = [
  { littleEndian: true, nanoseconds: false },
  { littleEndian: false, nanoseconds: false },
  { littleEndian: true, nanoseconds: true },
  { littleEndian: false, nanoseconds: true },
];

const pcapOf = (link: string, i: number): Subject => {
  const order = ORDERS[i % ORDERS.length]!;
  const frames = framesOf(link);
  const name = `${order.littleEndian ? 'little' : 'big'}-endian, ${order.nanoseconds ? 'ns' : 'us'}`;
  return {
    file: `${link}, pcap, ${name}`,
    names: frames.map((one) => one.name),
    bytes: pcap(
      frames.map(({ built, kept, seconds, fraction }) => ({ seconds, fraction, frame: built, cutTo: kept })),
      { ...order, linkType: LINKS[link]!.type },
    ),
    programs: i < 4 ? ['tcpdump', 'tshark'] : ['tcpdump'],
  };
};

const pcapngOf = (littleEndian: boolean, links: readonly string[]): Subject => {
  const make = pcapngBlocks(littleEndian);
  const frames = links.flatMap((link, i) => framesOf(link).map((one) => ({ ...one, interfaceId: i })));
  return {
    file: `${links.length === 1 ? links.join() : 'all links'}, pcapng, ${littleEndian ? 'little' : 'big'}-endian`,
    names: frames.map(({ name }) => name),
    bytes: concat(
      make.section(),
      ...links.map((link) => make.description(LINKS[link]!.type, [[9, Uint8Array.of(9)]])),
      ...frames.map(({ built, kept, seconds, fraction, interfaceId }) => {
        const block = make.enhanced(
          interfaceId,
          BigInt(seconds) * 1_000_000_000n + BigInt(fraction),
          built.subarray(0, kept),
        );
        new DataView(block.buffer).setUint32(24, built.length, littleEndian);
        return block;
      }),
    ),
    programs: links.length === 1 ? ['tcpdump'] : ['tshark'],
  };
};

const SUBJECTS: readonly Subject[] = [
  ...['EN10MB', 'EN10MB, VLAN', 'EN10MB, QinQ', 'LINUX_SLL', 'LINUX_SLL2', 'NULL', 'LOOP', 'RAW', 'IPV4', 'IPV6'].map(
    pcapOf,
  ),
  pcapngOf(true, ['EN10MB']),
  pcapngOf(false, ['LINUX_SLL']),
  pcapngOf(true, Object.keys(LINKS)),
  pcapngOf(false, Object.keys(LINKS)),
];

/** What is said of each packet, by its number: `time source destination version router priority interval-ns`. */
type Rows = ReadonlyMap<number, string>;

const ask = async (program: string, args: readonly string[]): Promise<string> =>
  (await run(program, args, { maxBuffer: 1 << 28, env: { ...process.env, TZ: 'UTC' } })).stdout;

const ns = (time: string): string => {
  const [seconds = '', fraction = ''] = time.split('.');
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')));
};

const intervalNs = (version: string, units: string): string => String(Number(units) * (version === '2' ? 1e9 : 1e7));

const rowsOfTcpdump = async (path: string): Promise<Rows> => {
  const line =
    /^ *(\d+) {2}(\d+\.\d+) (?:.* )?(\S+) > ([^\s:]\S*): (?:.* )?VRRPv(\d), Advertisement, (?:\(ttl \d+\), )?vrid (\d+), prio (\d+), (?:authtype [^,]+, )?intvl (\d+)c?s, length/gm;
  const text = await ask('tcpdump', ['-r', path, '-n', '-tt', '--nano', '-#']);
  return new Map(
    [...text.matchAll(line)].map(([, number = '', time = '', from, to, version = '', router, priority, units = '']) => [
      Number(number),
      [ns(time), from, to, version, router, priority, intervalNs(version, units)].join(' '),
    ]),
  );
};

const TSHARK_FIELDS =
  'frame.number frame.time_epoch ip.src ip.dst ipv6.src ipv6.dst vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.prio vrrp.adver_int vrrp.short_adver_int'.split(
    ' ',
  );

const rowsOfTshark = async (path: string): Promise<Rows> => {
  // A first fragment is then decoded where it stands, as it is by the others.
  const whole = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE'];
  const fields = TSHARK_FIELDS.flatMap((field) => ['-e', field]);
  const rows = new Map<number, string>();
  for (const line of (await ask('tshark', ['-r', path, ...whole, '-T', 'fields', ...fields])).trimEnd().split('\n')) {
    const [number = '', time = '', from4, to4, from6, to6, version = '', type, router, priority, seconds, centi] =
      line.split('\t');
    const units = version === '2' ? seconds : centi;
    if (!/^[23]$/.test(version) || type !== '1' || !priority || !units) continue;
    const fields = [ns(time), from4 || from6, to4 || to6, version, router, priority, intervalNs(version, units)];
    rows.set(Number(number), fields.join(' '));
  }
  return rows;
};

const rowsOfReader = async (bytes: Uint8Array): Promise<Rows> => {
  const { capture } = await readAny(bytes);
  const times = timesOf(capture);
  return new Map(
    capture.advertisements.map((one, i) => [
      one.packet,
      [times[i], one.source, one.destination, one.version, one.vrid, one.priority, one.intervalNs ?? 0].join(' '),
    ]),
  );
};

/** Where a program shows another thing than the reader, and why the reader does as it does. */
const DIFFERENCES: readonly {
  program: 'tcpdump' | 'tshark';
  names: RegExp;
  reads: 'more' | 'less' | 'otherwise';
  why: string;
}[] = [
  {
    program: 'tcpdump',
    names: /: a total length of 0$/,
    reads: 'more',
    why: 'segmentation offload leaves a total length of 0 behind; tshark takes what was captured, tcpdump calls it bad',
  },
];

const differenceOf = (read: string | undefined, shown: string | undefined): 'more' | 'less' | 'otherwise' | null => {
  if (read === shown) return null;
  if (read === undefined) return 'less';
  return shown === undefined ? 'more' : 'otherwise';
};

const said = new Map<string, Rows>();

beforeAll(async () => {
  const jobs = SUBJECTS.flatMap(({ file, bytes, programs }) => {
    const path = join(folder, file);
    writeFileSync(path, bytes);
    return programs.map((program) => ({
      key: `${program} ${file}`,
      path,
      read: program === 'tcpdump' ? rowsOfTcpdump : rowsOfTshark,
    }));
  });
  const work = async (): Promise<void> => {
    for (let job = jobs.pop(); job; job = jobs.pop()) said.set(job.key, await job.read(job.path));
  };
  await Promise.all([work(), work()]);
});

describe.each(SUBJECTS)('$file', ({ file, names, bytes, programs }) => {
  it.each(programs)('is read as %s reads it', async (program) => {
    const read = await rowsOfReader(bytes);
    const shown = said.get(`${program} ${file}`)!;
    expect(shown.size).toBeGreaterThan(40);
    const unexpected: string[] = [];
    for (const [i, name] of names.entries()) {
      const found = differenceOf(read.get(i + 1), shown.get(i + 1));
      const known = DIFFERENCES.find((one) => one.program === program && one.names.test(name));
      if (found !== (known?.reads ?? null))
        unexpected.push(`${name}: ${String(found)} (${String(read.get(i + 1))} | ${String(shown.get(i + 1))})`);
    }
    expect(unexpected).toEqual([]);
  });
});

it('every difference that is named occurs', () => {
  for (const { names } of DIFFERENCES) {
    expect(SUBJECTS.some((subject) => subject.names.some((name) => names.test(name)))).toBe(true);
  }
});
