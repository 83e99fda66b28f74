import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteFrom } from '../../../src/time/ns.js';
import { readAny, recordedCaptures, runTool, tcpdump } from './reading.js';

const files = recordedCaptures().map((path) => [`${basename(dirname(path))}/${basename(path)}`, path] as const);

const toNs = (seconds: string, fraction: string): string =>
  String(BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')));

/** The fields of tcpdump's and tshark's own decoding, one row a packet. */
const rowsOfTcpdump = (path: string): string[] => {
  const line =
    /^(\d+)\.(\d{9}) IP \(tos .* id (\d+), .*\)\n {4}(\S+) > (\S+): VRRPv(\d), Advertisement, vrid (\d+), prio (\d+), .*intvl (\d+)s, /gm;
  return [...tcpdump(path, '-tt', '-nn', '--nano', '-v').matchAll(line)].map((match) => {
    const [, seconds = '', fraction = '', ...rest] = match;
    return [toNs(seconds, fraction), ...rest].join(' ');
  });
};

const rowsOfTshark = (path: string): string[] => {
  const fields = [
    'frame.time_epoch',
    'ip.id',
    'ip.src',
    'ip.dst',
    'vrrp.version',
    'vrrp.virt_rtr_id',
    'vrrp.prio',
    'vrrp.adver_int',
  ];
  const text = runTool('tshark', [
    '-r',
    path,
    '-Y',
    'vrrp',
    '-T',
    'fields',
    ...fields.flatMap((field) => ['-e', field]),
  ]);
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [time = '', id = '', ...rest] = row.split('\t');
      const [seconds = '', fraction = ''] = time.split('.');
      return [toNs(seconds, fraction), Number(id), ...rest].join(' ');
    });
};

/** One file behind the other, so that each program has to start once. */
const folder = mkdtempSync(join(tmpdir(), 'whylate-recordings-'));
const all = join(folder, 'all.pcap');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('every recorded capture', () => {
  let shown: { tcpdump: string[]; tshark: string[] };
  let from = 0;
  beforeAll(() => {
    runTool('mergecap', ['-a', '-F', 'nsecpcap', '-w', all, ...files.map(([, path]) => path)]);
    shown = { tcpdump: rowsOfTcpdump(all), tshark: rowsOfTshark(all) };
  });

  it('is there', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  // In the order in which they stand in the one file.
  it.each(files)('%s reads as tcpdump and tshark decode it', async (_name, path) => {
    const { capture, counts } = await readAny(readFileSync(path));
    const rows = capture.advertisements.map((one) =>
      [
        absoluteFrom(capture.baseNs, one.time),
        one.ipId,
        one.source,
        one.destination,
        one.version,
        one.vrid,
        one.priority,
        one.intervalNs! / 1e9,
      ].join(' '),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(shown.tcpdump.slice(from, from + rows.length));
    expect(rows).toEqual(shown.tshark.slice(from, from + rows.length));
    from += rows.length;
    expect(counts).toEqual({});
  });

  it('shows the programs no packet more', () => {
    expect([shown.tcpdump.length, shown.tshark.length]).toEqual([from, from]);
  });
});
