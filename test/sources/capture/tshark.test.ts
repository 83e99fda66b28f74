import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '../../../src/model/advertisement.js';
import type { Answer } from '../../../src/model/answer.js';
import {
  authenticated,
  concat,
  ethernet,
  extension,
  ipv4,
  ipv6,
  pcap,
  vrrp2,
  vrrp3,
  type BuiltPacket,
} from './packet-builder.js';
import { contentOf, readAny, recordedCapture, timesOf, type ReadResult } from './reading.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'whylate-tshark-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const START = 1_795_347_034;
const quoted = concat(Uint8Array.of(3, 2, 0, 0, 0, 0, 0, 0), ipv4(vrrp2(), { to: '10.0.0.2' }));
const frames = [
  ethernet(ipv4(vrrp2({ seconds: 1 }))),
  ethernet(ipv4(vrrp2({ seconds: 1, auth: 0, addresses: 3 }), { id: 7, ttl: 64 })),
  ethernet(ipv4(vrrp3({ addressBytes: 4, centiseconds: 100 }), { to: '10.0.0.92' })),
  ethernet(ipv4(authenticated(vrrp2({ auth: 2, seconds: 1 })), { protocol: 51 })),
  ethernet(ipv6(vrrp3({ centiseconds: 4095 })), [[0x8100, 10]]),
  ethernet(ipv6(extension(vrrp3({ centiseconds: 100, priority: 0 })), { next: 0 })),
  // Not advertisements at this point: another protocol, a tunnel, one quoted in an error.
  ethernet(ipv4(concat(Uint8Array.of(0, 53, 0, 53, 0, 12, 0, 0), new Uint8Array(4)), { protocol: 17 })),
  ethernet(ipv4(ipv4(vrrp2()), { protocol: 4 })),
  ethernet(ipv4(quoted, { protocol: 1, source: '10.0.0.2', to: '10.0.0.91' })),
  ethernet(ipv4(vrrp2({ version: 4 }))),
  ethernet(ipv4(vrrp2({ type: 2 }))),
  ethernet(ipv4(vrrp2({ seconds: 1, vrid: 255, priority: 255 }))),
];
const packets: BuiltPacket[] = frames.map((frame, i) => ({ seconds: START + i, fraction: 123_456_789 - i, frame }));

/** Every field that has a use here, and some that have none; the password is one of these. */
const FIELDS =
  'frame.time_epoch frame.number frame.len ip.src ip.dst ipv6.src ipv6.dst ip.id ip.ttl vrrp.version vrrp.virt_rtr_id vrrp.prio vrrp.adver_int vrrp.short_adver_int vrrp.type vrrp.ip_addr vrrp.auth_string frame.time_relative frame.time_delta'.split(
    ' ',
  );
const chosen = (names: readonly string[]): string[] => names.flatMap((name) => ['-e', name]);
const fields = (names: readonly string[], ...options: string[]): string[] => [
  '-T',
  'fields',
  ...chosen(names),
  ...options.flatMap((option) => ['-E', option]),
];
const without = (...names: string[]): string[] => FIELDS.filter((name) => !names.includes(name));

/** What tshark is asked for, by the name its output has here. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  header: fields(FIELDS, 'header=y'),
  'header, comma, double quotes': fields(FIELDS, 'header=y', 'separator=,', 'quote=d'),
  'header, space, single quotes, mark': fields(FIELDS, 'header=y', 'separator=/s', 'quote=s', 'bom=y'),
  'header, bar, another aggregator': fields(FIELDS, 'header=y', 'separator=|', 'aggregator=;'),
  'header, other order': fields([...FIELDS].reverse(), 'header=y'),
  'header, calendar': fields([...without('frame.time_epoch'), 'frame.time'], 'header=y', 'separator=;'),
  'header, relative': fields(without('frame.time_epoch', 'frame.time_delta'), 'header=y'),
  'header, differences': fields(without('frame.time_epoch', 'frame.time_relative'), 'header=y'),
  json: ['-T', 'json'],
  'json -x': ['-T', 'json', '-x'],
  'json --no-duplicate-keys': ['-T', 'json', '--no-duplicate-keys'],
  'json -J': ['-T', 'json', '-J', 'frame ip ipv6 vrrp icmp'],
  'json -e': ['-T', 'json', ...chosen(FIELDS)],
  ek: ['-T', 'ek'],
  'ek -x': ['-T', 'ek', '-x'],
  'ek -e': ['-T', 'ek', ...chosen(FIELDS)],
  list: [],
  jsonraw: ['-T', 'jsonraw'],
  'ek -j': ['-T', 'ek', '-j', 'vrrp'],
};

/** tshark's outputs, each made once. */
const outputs = new Map<string, string>();
let binary: ReadResult;
let flood: Capture;
let clean: Capture;
const floodPath = recordedCapture('flood/capture.receiver.pcap');
const cleanPath = recordedCapture('clean/capture.receiver.pcap');

const askTshark = async (path: string, args: readonly string[]): Promise<string> =>
  (await run('tshark', ['-r', path, ...args], { maxBuffer: 1 << 28, env: { ...process.env, TZ: 'UTC' } })).stdout;

beforeAll(async () => {
  const path = join(folder, 'mixed.pcap');
  writeFileSync(path, pcap(packets, { nanoseconds: true }));
  binary = await readAny(readFileSync(path));
  flood = (await readAny(readFileSync(floodPath))).capture;
  clean = (await readAny(readFileSync(cleanPath))).capture;
  const jobs = [
    ...Object.entries(FORMS).map(([name, args]) => [name, path, args] as const),
    [
      'no header',
      floodPath,
      fields('frame.time_epoch ip.src vrrp.version vrrp.virt_rtr_id vrrp.prio vrrp.adver_int'.split(' ')),
    ] as const,
    ['no header, all', cleanPath, fields(without('vrrp.type'), 'separator=,', 'quote=d')] as const,
  ];
  const work = async (): Promise<void> => {
    for (let job = jobs.pop(); job; job = jobs.pop()) outputs.set(job[0], await askTshark(job[1], job[2]));
  };
  await Promise.all([work(), work()]);
});

const output = (name: string): string => outputs.get(name) ?? '';

const OTHERS = { vrrp_other_version: 1, vrrp_other_type: 1 };

describe('what tshark prints reads as the capture itself', () => {
  it.each(Object.keys(FORMS).slice(0, 16))('%s', async (name) => {
    const { capture, counts } = await readAny(output(name));
    expect(capture.advertisements.map(contentOf)).toEqual(binary.capture.advertisements.map(contentOf));
    const isRelative = capture.clock === 'relative';
    expect(isRelative).toBe(/relative|differences/.test(name));
    const start = BigInt(START) * 1_000_000_000n + 123_456_789n;
    expect(timesOf(capture)).toEqual(timesOf(binary.capture).map((time) => (isRelative ? time - start : time)));
    expect(capture.records).toBe(packets.length);
    expect(capture.format).toBe(`tshark-${/^\w+/.exec(name)?.[0].replace('header', 'fields') ?? ''}`);
    expect(capture.loss).toEqual({ known: false, dropped: 0 });
    expect(counts).toEqual(OTHERS);
    expect(inspect(capture, { depth: 9, maxArrayLength: null })).not.toContain('hush-pw');
  });

  it('times added up of packets that a filter left out are counted, and so they are where no numbers tell', async () => {
    const rows = output('header, differences').split('\n');
    const gap = [...rows.slice(0, 3), ...rows.slice(4)].join('\n');
    expect((await readAny(gap)).counts).toMatchObject({ tshark_missing_frames: 1 });
    const at = rows[0]!.split('\t').indexOf('frame.number');
    const unnumbered = rows.map((row) =>
      row
        .split('\t')
        .filter((_, i) => i !== at)
        .join('\t'),
    );
    expect((await readAny(unnumbered.join('\n'))).counts).toMatchObject({ tshark_times_added_up: 1 });
  });
});

describe('columns without names', () => {
  it('a few, in the usual order', async () => {
    const { capture, counts } = await readAny(output('no header'));
    expect(capture.advertisements.map(contentOf)).toEqual(
      flood.advertisements.map((one) => ({ ...contentOf(one), ipId: null })),
    );
    expect(timesOf(capture)).toEqual(timesOf(flood));
    expect(counts).toEqual({ tshark_destination_assumed: flood.advertisements.length });
  });

  it('many, an IP identification that counts up among them', async () => {
    const { capture, counts } = await readAny(output('no header, all'));
    expect(capture.advertisements.map(contentOf)).toEqual(clean.advertisements.map(contentOf));
    expect(timesOf(capture)).toEqual(timesOf(clean));
    expect(counts).toEqual({});
  });

  const rows = (...order: number[]): string =>
    output('no header')
      .trimEnd()
      .split('\n')
      .map((row) => `${order.map((i) => row.split('\t')[i]).join('\t')}\n`)
      .join('');

  it('refuses what cannot be told apart, and says what to do', async () => {
    await expect(readAny(rows(0, 1, 3, 4))).rejects.toThrow(
      /^input, line 1: nothing says which columns hold the router id and the priority; record with -E header=y/,
    );
    await expect(readAny(rows(0, 1, 3, 4, 2))).rejects.toThrow(/router id and the priority; record with -E header=y/);
  });

  it('takes no column for an interval that the gaps do not fit', async () => {
    const text = rows(0, 1, 2, 3, 4, 4);
    const { capture, counts } = await readAny(text);
    expect(new Set(capture.advertisements.map(({ intervalNs }) => intervalNs))).toEqual(new Set([null]));
    expect(counts).toMatchObject({ tshark_interval_unsure: 1 });
  });
});

describe('times of newer versions', () => {
  it.each([
    ['2026-11-22T12:22:02.452611545Z', 1_795_350_122_452_611_545n],
    ['2026-11-22T12:22:02.452611545+0100', 1_795_346_522_452_611_545n],
    ['2026-11-22T12:22:02.452611545-05:30', 1_795_369_922_452_611_545n],
    ['2026-11-22 12:22:02.452611', 1_795_350_122_452_611_000n],
  ])('%s', async (time, ns) => {
    const header = 'frame.time_epoch\tip.src\tvrrp.virt_rtr_id\tvrrp.prio\n';
    const { capture, counts } = await readAny(`${header}${time}\t10.0.0.1\t5\t100\n`);
    expect(timesOf(capture)).toEqual([ns]);
    expect(counts).toEqual({
      tshark_destination_assumed: 1,
      tshark_version_assumed: 1,
      ...(time.includes('T') ? {} : { tcpdump_text_zone_assumed: 1 }),
    });
  });
});

describe('what is refused', () => {
  it('tells what is missing', async () => {
    await expect(readAny(output('list'))).rejects.toThrow(
      /^input, line \d+: tshark's packets show no virtual router id/,
    );
    await expect(readAny(output('jsonraw'))).rejects.toThrow(/^input: tshark's packets show no source .*-E header=y/);
    await expect(readAny(output('ek -j'))).rejects.toThrow(/^input: tshark's packets show no source/);
    for (const [left, what] of [
      ['frame.time_epoch', 'time'],
      ['ip.src', 'source'],
      ['vrrp.virt_rtr_id', 'virtual router id'],
      ['vrrp.prio', 'priority'],
    ] as const) {
      const names = ['frame.time_epoch', 'ip.src', 'vrrp.virt_rtr_id', 'vrrp.prio'].filter((name) => name !== left);
      await expect(readAny(`${names.join(',')}\n1,2,3\n`)).rejects.toThrow(
        `input, line 1: tshark's packets show no ${what}`,
      );
    }
  });
});

describe('what tshark and dumpcap say about themselves', () => {
  it('is no packet, and tells the loss where there was one', async () => {
    const said = [
      'Running as user "root" and group "root". This could be dangerous.',
      "Capturing on 'eth0'",
      ' ** (tshark:4711) 21:50:52.123456 [Main MESSAGE] -- Capture started.',
    ].join('\n');
    for (const name of ['header', 'json', 'ek']) {
      const plain = await readAny(output(name));
      const wrapped = await readAny(`${said}\n${output(name)}^C\n12 packets captured\n3 packets dropped from eth0\n`);
      expect(wrapped.capture.advertisements.map(contentOf)).toEqual(plain.capture.advertisements.map(contentOf));
      expect(wrapped.counts).toEqual(plain.counts);
      expect(wrapped.capture.loss).toEqual({ known: true, dropped: 3 });
    }
  });
});

it('of EK without times the timestamps are taken, and counted', async () => {
  const text = output('ek').replaceAll('frame_frame_time', 'frame_frame_other');
  const { capture, counts } = await readAny(text);
  expect(timesOf(capture)).toEqual(timesOf(binary.capture).map((time) => (time / 1_000_000n) * 1_000_000n));
  expect(counts['tshark_times_in_milliseconds']).toBe(packets.length);
});

describe('the command', () => {
  const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
  const analyze = async (path: string): Promise<Answer> =>
    JSON.parse(
      (await run(process.execPath, [main, 'analyze', '--json', path], { maxBuffer: 1 << 28 })).stdout,
    ) as Answer;

  it('answers of what tshark printed as of the capture', async () => {
    const [expected] = await Promise.all([
      analyze(floodPath),
      ...(['json', 'ek'] as const).map(async (form) => {
        writeFileSync(join(folder, `${form}.json`), await askTshark(floodPath, ['-T', form]));
        copyFileSync(floodPath.replace(/pcap$/, 'stats.txt'), join(folder, `${form}.stats.txt`));
      }),
    ]);
    for (const form of ['json', 'ek']) {
      const answer = await analyze(join(folder, `${form}.json`));
      expect(answer.inputs[0]).toEqual({
        ...expected.inputs[0],
        path: join(folder, `${form}.json`),
        kind: `tshark-${form}`,
      });
      const instances = JSON.stringify(expected.instances).replaceAll(floodPath, join(folder, `${form}.json`));
      expect(answer.instances).toEqual(JSON.parse(instances));
      expect(answer.counters).toEqual(expected.counters);
      expect(JSON.stringify(answer)).not.toContain('notsecre');
    }
  });
});
