import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.js';
import type { CaptureKind } from '../../../src/sources/capture/index.js';
import { absoluteFrom } from '../../../src/time/ns.js';
import {
  authenticated,
  concat,
  cooked,
  ethernet,
  extension,
  ipv4,
  ipv6,
  pcap,
  pcapngBlocks,
  vrrp2,
  vrrp3,
} from './packet-builder.js';
import { contentOf, readAs, recordedCapture, runTool, tcpdump, type ReadResult } from './reading.js';

const recorded = recordedCapture('flood/capture.receiver.pcap');

const frames = [
  ethernet(ipv4(vrrp2({ addresses: 3 }))),
  ethernet(ipv6(extension(vrrp3()), { next: 0 }), [[0x8100, 4]]),
  ethernet(ipv4(authenticated(vrrp2()), { protocol: 51 })),
  ethernet(ipv4(vrrp2(), { protocol: 17 })),
  ethernet(ipv6(vrrp3({ vrid: 3, centiseconds: 7 }))),
];
const built = frames.map((frame, i) => ({ seconds: 1_795_347_034 + i, fraction: 17 * i, frame }));

const pcapngFile = (littleEndian: boolean): Uint8Array => {
  const make = pcapngBlocks(littleEndian);
  return concat(
    make.section(),
    make.description(1, [[9, Uint8Array.of(9)]]),
    make.description(113),
    ...frames.map((frame, i) => make.enhanced(0, BigInt(i) * 1_000_000_000n, frame, [[4, make.count(i)]])),
    make.enhanced(1, 5_000_001n, cooked(ipv4(vrrp2()))),
    make.old(0, 2, 6_000_000_000n, frames[0]!),
    make.statistics(0, [[5, make.count(12)]]),
    make.section(),
    make.description(),
    make.enhanced(0, 7_000_000n, frames[4]!),
  );
};

const text = (...options: string[]): Uint8Array => new TextEncoder().encode(tcpdump(recorded, '-nn', ...options));

const tshark = (...options: string[]): Uint8Array =>
  new TextEncoder().encode(runTool('tshark', ['-r', recorded, '-c', '5', ...options]));
const FIELDS = 'frame.time_epoch ip.src ip.dst vrrp.version vrrp.virt_rtr_id vrrp.prio vrrp.adver_int'.split(' ');
const chosen = FIELDS.flatMap((field) => ['-e', field]);

/** `boundaries`: at how many lengths short of its own a binary file can be cut without cutting a record. */
const inputs: { name: string; kind: CaptureKind; bytes: Uint8Array; boundaries?: number }[] = [
  { name: 'pcap, recorded', kind: 'pcap', bytes: readFileSync(recorded).subarray(0, 1500) },
  { name: 'pcap, big-endian', kind: 'pcap', bytes: pcap(built, { littleEndian: false }), boundaries: 5 },
  { name: 'pcapng, little-endian', kind: 'pcapng', bytes: pcapngFile(true), boundaries: 13 },
  { name: 'pcapng, big-endian', kind: 'pcapng', bytes: pcapngFile(false), boundaries: 13 },
  { name: 'text', kind: 'tcpdump-text', bytes: text('-c', '8') },
  { name: 'text, -ttt', kind: 'tcpdump-text', bytes: text('-ttt', '-c', '8') },
  { name: 'text, -tttt -v -e', kind: 'tcpdump-text', bytes: text('-tttt', '-v', '-e', '-c', '6') },
  { name: 'fields', kind: 'tshark-fields', bytes: tshark('-T', 'fields', '-E', 'header=y', ...chosen) },
  {
    name: 'JSON, three layers',
    kind: 'tshark-json',
    bytes: tshark('-T', 'json', '-J', 'frame ip vrrp'),
  },
  { name: 'EK, chosen fields', kind: 'tshark-ek', bytes: tshark('-T', 'ek', ...chosen) },
  { name: 'text, -ttttt -# --nano', kind: 'tcpdump-text', bytes: text('-ttttt', '-#', '--nano', '-c', '8') },
];

/** The advertisements with their times since the epoch of the capture's clock. */
const rowsOf = ({ capture }: ReadResult): string[] =>
  capture.advertisements.map((one) =>
    JSON.stringify([String(absoluteFrom(capture.baseNs, one.time)), one.packet, contentOf(one)]),
  );

/** Reads, taking an InputError as an answer; anything else thrown fails the test. */
const tryReading = async (kind: CaptureKind, bytes: Uint8Array, size?: number): Promise<ReadResult | InputError> => {
  try {
    return await readAs(kind, bytes, size);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
};

describe.each(inputs)('$name', ({ kind, bytes, boundaries }) => {
  it('cut at any length: never an error but InputError, never another advertisement, cut records counted', async () => {
    const whole = rowsOf(await readAs(kind, bytes));
    expect(whole.length).toBeGreaterThan(3);
    let longest = 0;
    let uncut = 0;
    // A text of many fields that are passed over is the same nearly everywhere.
    const step = bytes.length > 4000 ? 7 : 1;
    for (let length = 0; length < bytes.length; length += step) {
      const read = await tryReading(kind, bytes.subarray(0, length));
      if (read instanceof InputError) continue;
      const rows = rowsOf(read);
      expect(rows, `cut to ${length}`).toEqual(whole.slice(0, rows.length));
      longest = Math.max(longest, rows.length);
      if (read.counts['capture_cut_record'] === undefined) uncut++;
    }
    expect(longest).toBeGreaterThanOrEqual(whole.length - 1);
    if (boundaries !== undefined) expect(uncut).toBe(boundaries);
  });

  it('reads the same in chunks of any size', async () => {
    const whole = await readAs(kind, bytes, bytes.length);
    for (const size of [1, 2, 3, 7, 100]) {
      const read = await readAs(kind, bytes, size);
      expect(read.capture, `chunks of ${size}`).toEqual(whole.capture);
      expect(read.counts).toEqual(whole.counts);
    }
    const cut = bytes.subarray(0, bytes.length - 5);
    const cutWhole = await tryReading(kind, cut, bytes.length);
    expect(await tryReading(kind, cut, 3)).toEqual(cutWhole);
  });

  it('with any bytes overwritten: never an error but InputError, and the same in small chunks', async () => {
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 1, max: 64 }), async (changes, size) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        const read = await tryReading(kind, damaged);
        const again = await tryReading(kind, damaged, size);
        if (read instanceof InputError || again instanceof InputError) {
          expect(again).toBeInstanceOf(InputError);
          expect(again).toEqual(read);
        } else {
          expect(again.capture).toEqual(read.capture);
          expect(again.counts).toEqual(read.counts);
        }
      }),
      { numRuns: bytes.length > 4000 ? 60 : 300 },
    );
  });
});

it('any bytes at all: never an error but InputError', async () => {
  const kinds = fc.constantFrom<CaptureKind>(
    'pcap',
    'pcapng',
    'tcpdump-text',
    'tshark-fields',
    'tshark-json',
    'tshark-ek',
  );
  await fc.assert(
    fc.asyncProperty(kinds, fc.uint8Array({ maxLength: 400 }), async (kind, bytes) => {
      await tryReading(kind, bytes);
    }),
    { numRuns: 1000 },
  );
});

it('does not hold a capture that is mostly other packets', async () => {
  const other = pcap([{ seconds: 1, fraction: 0, frame: ethernet(ipv4(new Uint8Array(1400), { protocol: 6 })) }]);
  const record = other.subarray(24);
  const chunk = concat(...Array.from({ length: 45 }, () => record));
  const { CounterTable } = await import('../../../src/model/counters.js');
  const { readCapture } = await import('../../../src/sources/capture/index.js');
  const before = process.memoryUsage().rss;
  let peak = before;
  const stream = async function* () {
    await Promise.resolve();
    yield other.subarray(0, 24);
    for (let i = 0; i < 8000; i++) {
      if (i % 500 === 0) peak = Math.max(peak, process.memoryUsage().rss);
      yield chunk.slice();
    }
  };
  const capture = await readCapture('pcap', stream(), { where: 'generated', counters: new CounterTable() });
  expect(capture.records).toBe(8000 * 45);
  expect(capture.advertisements).toEqual([]);
  // The input is 520 MB.
  expect(peak - before).toBeLessThan(250_000_000);
});
