import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import { requestOf } from '../../src/model/request.js';
import { checkAnswer } from '../../scripts/bench/check-answer.js';
import { readRecording } from '../../scripts/bench/recording.js';
import { countRows, planRepeat, planStall, writeCaptures, writeTrace } from '../../scripts/bench/stretch.js';

const path = fileURLToPath(new URL('../../traces/rt-hog', import.meta.url));
const source = readRecording(path);
const once = { from: 0, to: 0, copies: 1 };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-stretch-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const written = (plan: typeof once): Buffer => Buffer.concat([...writeTrace(source, plan)]);

describe('the stretched trace', () => {
  it('is the recording itself, byte for byte, when nothing is repeated', () => {
    expect(written(once).equals(gunzipSync(readFileSync(join(path, 'trace.jsonl.gz'))))).toBe(true);
    writeCaptures(source, once, folder);
    for (const name of ['capture.sender.pcap', 'capture.receiver.pcap']) {
      expect(readFileSync(join(folder, name)).equals(readFileSync(join(path, name)))).toBe(true);
    }
  });

  it('is the same every time', () => {
    const plan = planStall(source, 20);
    expect(planStall(source, 20)).toEqual(plan);
    expect(written(plan).equals(written(plan))).toBe(true);
  });

  it.each([
    ['repeated', planRepeat(source, 3)],
    ['stalled', planStall(source, 20)],
  ])('keeps every digit and counts on: %s', (_, plan) => {
    const rows = written(plan).toString('latin1').trimEnd().split('\n');
    expect(rows).toHaveLength(countRows(source, plan));
    const digits = (row: string, key: string): string => new RegExp(`"${key}":(\\d+)`).exec(row)?.[1] ?? '';
    const nums = rows.map((row) => Number(digits(row, 'evt.num')));
    expect(nums.every((num, i) => i === 0 || num > nums[i - 1]!)).toBe(true);

    const base = BigInt(source.baseSeconds) * 1_000_000_000n;
    const originals = source.rows.map(({ time }) => base + BigInt(time));
    const from = base + BigInt(plan.from);
    const to = base + BigInt(plan.to);
    const body = originals.filter((time) => time >= from && time < to);
    const expected = [
      ...originals.filter((time) => time < from),
      ...Array.from({ length: plan.copies }, (_, copy) => body.map((time) => time + BigInt(copy) * (to - from))).flat(),
      ...originals.filter((time) => time >= to).map((time) => time + BigInt(plan.copies - 1) * (to - from)),
    ];
    expect(rows.map((row) => digits(row, 'evt.outputtime'))).toEqual(expected.map(String));
  });

  it('shifts the packets alike, continues their identifications and keeps their checksums right', () => {
    const plan = planRepeat(source, 3);
    writeCaptures(source, plan, folder);
    for (const { name, packets } of source.pcaps) {
      const file = readFileSync(join(folder, `capture.${name}.pcap`));
      const ids: number[] = [];
      let count = 0;
      for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8), count++) {
        const ip = file.subarray(at + 30, at + 50);
        if (ip[9] !== 112) continue;
        let sum = 0;
        for (let i = 0; i < 20; i += 2) sum += ip.readUInt16BE(i);
        expect((sum & 0xffff) + (sum >> 16)).toBe(0xffff);
        if (ip.subarray(12, 16).join('.') === source.sender) ids.push(ip.readUInt16BE(4));
      }
      const body = packets.filter(({ time }) => time >= plan.from && time < plan.to).length;
      expect(count).toBe(packets.length + 2 * body);
      expect(ids.every((id, i) => i === 0 || id === ids[i - 1]! + 1)).toBe(true);
    }
  });
});

describe('the check of an answer', () => {
  it('finds nothing on a right answer, and each thing that is wrong', async () => {
    const answer = await analyze(requestOf({ files: [path] }));
    expect(checkAnswer(answer, answer, source, once)).toEqual([]);
    const spoil = (change: (late: (typeof answer)['instances'][number]['late'][number]) => void): string[] => {
      const spoilt = structuredClone(answer);
      change(spoilt.instances[0]!.late[1]!);
      return checkAnswer(spoilt, answer, source, once);
    };
    expect(spoil((late) => (late.cause = 'stopped'))).toHaveLength(1);
    expect(spoil((late) => (late.latenessNs = String(BigInt(late.latenessNs) + 1n)))).toHaveLength(2);
    expect(spoil((late) => (late.culprit!.process = 'cron'))).toHaveLength(1);
    expect(spoil((late) => (late.severity = 'late'))).toHaveLength(1);
    expect(spoil((late) => late.ledger.pop())).toHaveLength(1);
    expect(spoil((late) => (late.ledger.find(({ state }) => state === 'ready')!.state = 'unexplained'))).toHaveLength(
      2,
    );
    const fewer = structuredClone(answer);
    fewer.instances[0]!.late.pop();
    fewer.instances[0]!.takeovers.pop();
    expect(checkAnswer(fewer, answer, source, once)).toHaveLength(2);
  });
});
