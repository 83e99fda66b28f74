import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '../../../src/model/advertisement.js';
import {
  authenticated,
  concat,
  cooked2,
  ethernet,
  ethernetOf,
  extension,
  fragment6,
  ipv4,
  ipv6,
  loopback,
  pcap,
  routing,
  vrrp2,
  vrrp3,
  type BuiltPacket,
} from './packet-builder.js';
import { contentOf, readAny, readAs, recordedCapture, tcpdump, timesOf, type ReadResult } from './reading.js';

const folder = mkdtempSync(join(tmpdir(), 'whylate-forms-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const START = 1_795_347_034;
/** One packet a second, each some microseconds later than the one before, as a real loop drifts. */
const everySecond = (
  frames: readonly Uint8Array[],
  jitterUs: readonly number[] = [0, 120, 60, 310, 200],
): BuiltPacket[] =>
  frames.map((frame, i) => ({
    seconds: START + i,
    fraction: (500_000 + 40 * i + jitterUs[i % jitterUs.length]!) * 1000 + 789,
    frame,
  }));

const mixedFrames = (): Uint8Array[] => [
  ethernet(ipv4(vrrp2({ seconds: 1 }))),
  ethernet(ipv4(vrrp2({ seconds: 1 }), { ttl: 64 })),
  ethernet(ipv4(vrrp3({ addressBytes: 4, centiseconds: 100 }))),
  ethernet(ipv4(authenticated(vrrp2({ auth: 2, seconds: 1 })), { protocol: 51 })),
  ethernet(ipv4(vrrp2({ auth: 0, seconds: 1 }), { options: Uint8Array.of(0x94, 4, 0, 0) })),
  ethernet(ipv4(vrrp2({ auth: 9, seconds: 1 }), { fragment: 0x2000 })),
  ethernet(ipv4(vrrp2(), { fragment: 3 })),
  ethernet(ipv6(vrrp3({ centiseconds: 100 }))),
  ethernet(ipv6(extension(vrrp3({ centiseconds: 100 })), { next: 0 })),
  ethernet(ipv6(extension(vrrp3({ centiseconds: 100 })), { next: 60 })),
  ethernet(ipv6(routing(vrrp3({ centiseconds: 100 })), { next: 43 })),
  ethernet(ipv6(fragment6(vrrp3({ centiseconds: 100 })), { next: 44 })),
  ethernet(ipv6(authenticated(vrrp3({ centiseconds: 100 })), { next: 51 })),
  ethernet(ipv4(vrrp2({ seconds: 1 })), [[0x8100, 10]]),
  ethernet(ipv4(vrrp2({ seconds: 1 })), [
    [0x88a8, 5],
    [0x8100, 10],
  ]),
  // Not advertisements at this point: other protocols, a tunnel, an advertisement quoted in an error, ARP.
  ethernet(ipv4(concat(Uint8Array.of(0, 53, 0, 53, 0, 12, 0, 0), new Uint8Array(4)), { protocol: 17 })),
  ethernet(ipv4(ipv4(vrrp2()), { protocol: 4 })),
  ethernet(
    ipv4(concat(Uint8Array.of(3, 2, 0, 0, 0, 0, 0, 0), ipv4(vrrp2(), { to: '10.0.0.2' })), {
      protocol: 1,
      source: '10.0.0.2',
      to: '10.0.0.91',
    }),
  ),
  ethernetOf(0x0806, Uint8Array.from([0, 1, 8, 0, 6, 4, 0, 1, ...new Uint8Array(20)])),
];

const LINKS = {
  mixed: { linkType: 1, frames: mixedFrames() },
  'any-interface': {
    linkType: 276,
    frames: [
      cooked2(ipv4(vrrp2({ seconds: 1 }))),
      cooked2(ipv6(vrrp3({ centiseconds: 100 })), [], 4711),
      cooked2(ipv4(vrrp2({ seconds: 1 })), [[0x8100, 10]]),
      cooked2(ipv4(vrrp2({ seconds: 1 }))),
    ],
  },
  raw: { linkType: 101, frames: [ipv4(vrrp2()), ipv6(vrrp3()), ipv4(vrrp2()), ipv4(vrrp2())] },
  loopback: { linkType: 0, frames: [ipv4(vrrp2()), ipv6(vrrp3()), ipv4(vrrp2())].map((one) => loopback(one, true)) },
} as const;

const recorded = ['flood/capture.receiver.pcap', 'drop/capture.sender.pcap', 'vm-paused/capture.tap.pcap'];

const subjects: { name: string; path: string }[] = [
  ...recorded.map((name) => ({ name, path: recordedCapture(name) })),
  ...Object.keys(LINKS).map((name) => ({ name, path: join(folder, `${name}.pcap`) })),
];

beforeAll(() => {
  for (const [name, { linkType, frames }] of Object.entries(LINKS)) {
    writeFileSync(join(folder, `${name}.pcap`), pcap(everySecond(frames), { linkType, nanoseconds: true }));
  }
});

const TIMES = { default: [], '-tt': ['-tt'], '-ttt': ['-ttt'], '-tttt': ['-tttt'], '-ttttt': ['-ttttt'] };
const DECORATIONS = [[], ['-#'], ['-e'], ['-v'], ['-e', '-v', '-#'], ['-vvv', '-X'], ['-q', '-A']];

const CLOCKS = {
  default: 'time-of-day',
  '-tt': 'epoch',
  '-ttt': 'relative',
  '-tttt': 'epoch',
  '-ttttt': 'relative',
} as const satisfies Record<string, Capture['clock']>;

/** What a form's times must be, from the binary capture's: ns on the form's own clock. */
const expectedTimes = (form: keyof typeof TIMES, binary: Capture, nano: boolean): bigint[] => {
  // tcpdump cuts to microseconds before it takes differences.
  const cut = (ns: bigint): bigint => (nano ? ns : (ns / 1000n) * 1000n);
  const times = timesOf(binary).map(cut);
  if (form === '-tt' || form === '-tttt') return times;
  const first = cut(binary.baseNs + BigInt(binary.first!));
  if (form === 'default') return times.map((time) => time - (first / 86_400_000_000_000n) * 86_400_000_000_000n);
  return times.map((time) => time - first);
};

const hasIds = (options: readonly string[]): boolean => options.some((option) => option.startsWith('-v'));

const expectSame = (text: ReadResult, binary: Capture, form: keyof typeof TIMES, options: string[], nano: boolean) => {
  const expected = binary.advertisements.map(contentOf);
  const withoutIds = expected.map((one) => ({ ...one, ipId: null }));
  expect(text.capture.advertisements.map(contentOf)).toEqual(hasIds(options) ? expected : withoutIds);
  expect(timesOf(text.capture)).toEqual(expectedTimes(form, binary, nano));
  expect(text.capture.clock).toBe(CLOCKS[form]);
  expect(text.capture.records).toBe(binary.records);
};

describe.each(subjects)('what tcpdump prints of $name', ({ path }) => {
  describe.each(Object.keys(TIMES) as (keyof typeof TIMES)[])('%s', (form) => {
    it.each(DECORATIONS)('%s %s %s', async (...options) => {
      const binary = await readAny(readFileSync(path));
      for (const nano of [true, false]) {
        const text = tcpdump(path, '-nn', ...TIMES[form], ...options, ...(nano ? ['--nano'] : []));
        const read = await readAny(text);
        expectSame(read, binary.capture, form, options, nano);
        const { tcpdump_text_zone_assumed: zone, ...others } = read.counts;
        if (options.includes('-A')) delete others['tcpdump_text_unknown_line'];
        expect(others).toEqual({});
        expect(zone).toBe(form === '-tttt' ? 1 : undefined);
        // The recordings' password, and the one the packet builder writes.
        expect(inspect(read, { depth: 9, maxArrayLength: null })).not.toMatch(/notsecre|hush-pw/);
      }
    });
  });

  it('-t is refused with a hint', async () => {
    for (const options of [['-t'], ['-t', '-v'], ['-t', '-e'], ['-t', '-#']]) {
      const reading = readAny(tcpdump(path, '-nn', ...options));
      await expect(reading, options.join(' ')).rejects.toThrow(/^input, line 1: .*no time.*-t\b.*tcpdump -w/);
    }
  });
});

describe('what tcpdump prints with names', () => {
  it('gives known names their address and keeps the others', async () => {
    const path = recordedCapture(recorded[0]!);
    const named = tcpdump(path, '-tt', '-nn')
      .replaceAll('224.0.0.18', 'vrrp.mcast.net')
      .replaceAll('192.168.205.8', 'gw-a.example');
    const { capture } = await readAny(named);
    expect(new Set(capture.advertisements.map(({ destination }) => destination))).toEqual(new Set(['224.0.0.18']));
    expect(capture.advertisements.map(({ source }) => source)).toContain('gw-a.example');
  });
});

describe('packets tcpdump could not decode', () => {
  it.each([
    { at: 34, counted: 'vrrp_truncated' },
    { at: 36, counted: 'vrrp_truncated' },
    { at: 37, counted: 'vrrp_truncated' },
    { at: 39, counted: 'vrrp_truncated' },
    { at: 40, counted: null },
    { at: 45, counted: null },
  ])('are counted as by the binary reader: cut to $at bytes', async ({ at, counted }) => {
    const path = join(folder, `cut-${String(at)}.pcap`);
    const frames = [ethernet(ipv4(vrrp2())), ethernet(ipv4(vrrp3({ addressBytes: 4 })))];
    writeFileSync(
      path,
      pcap(
        everySecond(frames).map((one) => ({ ...one, cutTo: at })),
        { nanoseconds: true },
      ),
    );
    const binary = await readAny(readFileSync(path));
    expect(binary.counts).toEqual(counted === null ? {} : { [counted]: 2 });
    expect(binary.capture.advertisements).toHaveLength(counted === null ? 2 : 0);
    for (const options of [[], ['-v']]) {
      const text = await readAny(tcpdump(path, '-nn', '-tt', '--nano', ...options));
      expect(text.counts).toEqual(binary.counts);
      expectSame(text, binary.capture, '-tt', options, true);
    }
  });

  it('are counted as by the binary reader: other versions and types', async () => {
    const path = join(folder, 'others.pcap');
    const frames = [vrrp2({ version: 4 }), vrrp2({ type: 2 }), vrrp2()].map((one) => ethernet(ipv4(one)));
    writeFileSync(path, pcap(everySecond(frames), { nanoseconds: true }));
    const expected = { vrrp_other_version: 1, vrrp_other_type: 1 };
    expect((await readAny(readFileSync(path))).counts).toEqual(expected);
    expect((await readAny(tcpdump(path, '-nn'))).counts).toEqual(expected);
  });
});

describe('midnight', () => {
  it.each([1, 2])('wraps are unrolled, %i of them', async (nights) => {
    const step = 3600;
    const count = 26 * nights;
    const day = Math.floor(START / 86400) * 86400;
    const packets = Array.from({ length: count }, (_, i) => ({
      seconds: day + 22 * 3600 + i * step,
      fraction: 17,
      frame: ethernet(ipv4(vrrp2())),
    }));
    const path = join(folder, `midnight-${String(nights)}.pcap`);
    writeFileSync(path, pcap(packets));
    for (const form of [[], ['-ttttt']]) {
      const { capture } = await readAs('tcpdump-text', tcpdump(path, '-nn', ...form));
      const times = timesOf(capture);
      expect(times.map((time) => time - times[0]!)).toEqual(packets.map((_, i) => BigInt(i * step) * 1_000_000_000n));
      expect(capture.clock).toBe(form.length === 0 ? 'time-of-day' : 'relative');
    }
  });
});
