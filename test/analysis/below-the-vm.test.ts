/** What is left of an answer when recordings are left out: the table at the end of docs/below-the-vm.md. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf } from '../../src/model/request.js';
import { checkAllLedgers } from '../support/ledger.js';
import { readTruth, senderOf } from '../support/recordings.js';
import { parsePcap, printPcap, type PcapPacket } from '../support/transform-capture.js';
import { printVitals } from '../support/vitals-file.js';

const fileOf = (name: string, file: string): string =>
  fileURLToPath(new URL(`../../traces/${name}/${file}`, import.meta.url));

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'whylate-below-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** A recording with these inputs alone; a capture may be another file. */
const given = async (
  name: string,
  inputs: { trace?: boolean; captures?: readonly (string | { name: string; path: string })[]; files?: string[] },
): Promise<Answer> => {
  const captures = (inputs.captures ?? []).map((one) =>
    typeof one === 'string' ? { name: one, path: fileOf(name, `capture.${one}.pcap`) } : one,
  );
  const traces = inputs.trace === false ? [] : [fileOf(name, 'trace.jsonl.gz')];
  const answer = await analyze(requestOf({ traces, captures, files: inputs.files ?? [] }));
  checkAllLedgers(answer);
  return answer;
};

let copies = 0;
/** A copy of a capture, without the statistics beside it, in which some of the sender's packets are missing. */
const without = (
  name: string,
  point: string,
  isMissing: (id: number, packet: PcapPacket) => boolean,
): { name: string; path: string } => {
  const file = parsePcap(readFileSync(fileOf(name, `capture.${point}.pcap`)));
  const own = readTruth(name).sender;
  const packets = file.packets.filter((packet) => {
    const ip = packet.frame.subarray(14);
    const isOwn =
      packet.frame.readUInt16BE(12) === 0x0800 && ip[9] === 112 && [...ip.subarray(12, 16)].join('.') === own;
    return !isOwn || !isMissing(ip.readUInt16BE(4), packet);
  });
  const path = join(scratch, `${String(++copies)}.pcap`);
  writeFileSync(path, printPcap({ header: file.header, packets }));
  return { name: point, path };
};

const lateOf = (name: string, answer: Answer): LateAdvertisement[] => senderOf(answer, readTruth(name)).late;
const told = (late: readonly LateAdvertisement[]): string[] =>
  late.map(({ cause, latenessNs }) => `${cause} ${(Number(latenessNs) / 1e9).toFixed(2)}`);
const assumed = ({ assumptions }: Answer): string => assumptions.map(({ what, why }) => `${what}: ${why}`).join('\n');
const counted = ({ counters }: Answer): Record<string, number> =>
  Object.fromEntries(counters.map(({ name, count }) => [name, count]));

describe('a paused VM', () => {
  const name = 'vm-paused';
  const PAUSED = ['vm-paused 3.09', 'vm-paused 5.27'];

  it('does not show inside, and the answer says what would show it', async () => {
    const answer = await given(name, { captures: ['sender'] });
    expect(lateOf(name, answer)).toEqual([]);
    expect(assumed(answer)).toMatch(/the VM was never paused, .*behind sender: .*host’s tap/);
    expect(assumed(answer)).toMatch(/takeovers? by 192\.168\.205\.9 had a reason behind sender: .*host’s tap/);
  });

  it('shows on the tap against the send calls', async () => {
    const answer = await given(name, { captures: ['tap'] });
    expect(told(lateOf(name, answer))).toEqual(PAUSED);
    expect(assumed(answer)).toContain('the VM’s own queueing discipline would look the same');
  });

  it('shows beyond the host as well, if nobody set the clock there', async () => {
    const receiver = { name: 'receiver', path: fileOf(name, 'capture.tap.pcap') };
    const answer = await given(name, { captures: ['sender', receiver] });
    expect(told(lateOf(name, answer))).toEqual(PAUSED);
    expect(assumed(answer)).toMatch(/the clock of receiver was not set: .*host’s tap/);
  });

  it('is not seen in a network that delays packets for a while', async () => {
    const file = parsePcap(readFileSync(fileOf('clean', 'capture.receiver.pcap')));
    const whole = file.packets.length;
    const shift = 700_000_000n;
    const packets = file.packets.map((packet, i) =>
      i >= whole * 0.3 && i < whole * 0.7 ? { ...packet, time: packet.time + shift } : packet,
    );
    const path = join(scratch, 'delayed.pcap');
    writeFileSync(path, printPcap({ header: file.header, packets }));
    const answer = await given('clean', { captures: ['sender', { name: 'receiver', path }] });
    expect(lateOf('clean', answer).map(({ cause }) => cause)).toEqual(['path-delay']);
  });

  it('shows without a trace', async () => {
    const answer = await given(name, { trace: false, captures: ['sender', 'tap'] });
    expect(told(lateOf(name, answer))).toEqual(PAUSED);
    expect(assumed(answer)).toMatch(/what was late at sender already: .*--trace FILE/);
  });

  it('on the tap alone is a gap without a reason', async () => {
    const answer = await given(name, { trace: false, captures: ['tap'] });
    for (const late of lateOf(name, answer))
      expect(late).toMatchObject({ cause: 'insufficient-evidence', culprit: null });
    expect(lateOf(name, answer)).toHaveLength(2);
    expect(assumed(answer)).toMatch(/was late at tap: .*a paused VM.*--trace FILE/);
  });
});

describe('a packet held on its way out', () => {
  const name = 'vm-egress-hold';

  it('does not show inside', async () => {
    const answer = await given(name, { captures: ['sender'] });
    expect(lateOf(name, answer)).toEqual([]);
    expect(assumed(answer)).toContain('no packet was held or lost behind sender');
  });

  it('on the tap against the send calls may have been held by the VM itself', async () => {
    const answer = await given(name, { captures: ['tap'] });
    expect(told(lateOf(name, answer))).toEqual(['egress-delay 1.72', 'egress-delay 2.10']);
    expect(assumed(answer)).toMatch(/came late to tap were held by the host: .*--capture sender=FILE/);
  });
});

describe('a stalled VM', () => {
  const name = 'vm-vcpu-stall';

  it.each([['sender'], ['tap']])('on the capture at %s alone is late for no known reason', async (point) => {
    const answer = await given(name, { trace: false, captures: [point] });
    expect(told(lateOf(name, answer))).toEqual(['insufficient-evidence 2.94', 'insufficient-evidence 4.05']);
    for (const { advice, culprit } of lateOf(name, answer)) {
      expect(culprit).toBeNull();
      expect(advice.join(' ')).toContain('Record inside the sending VM');
    }
    expect(assumed(answer)).toMatch(new RegExp(`was late at ${point}: .*--trace FILE`));
  });

  it('is told from the trace alone', async () => {
    const answer = await given(name, {});
    const late = answer.instances.flatMap((instance) => instance.late);
    expect(late.map(({ cause }) => cause)).toEqual(['vcpu-stall', 'vcpu-stall']);
    expect(assumed(answer)).toMatch(
      /every packet left when its send call returned, and the VM was never paused: .*tap/,
    );
  });

  const vitalsOf = (stolen: boolean): string => {
    const { faults } = readTruth(name);
    const silent = faults.map(({ start_ns, end_ns }) => ({ from: BigInt(start_ns), to: BigInt(end_ns) }));
    const path = join(scratch, `vitals${String(++copies)}.ndjson`);
    const second = 1_000_000_000n;
    const from = silent[0]!.from - 4n * second;
    const to = silent.at(-1)!.to + 4n * second;
    writeFileSync(path, printVitals({ from, to, silent, stolen: stolen ? silent : [] }));
    return path;
  };

  it('is surer with steal, which is shown', async () => {
    const before = lateOf(name, await given(name, { captures: ['sender', 'tap'] }));
    const path = vitalsOf(true);
    const answer = await given(name, { captures: ['sender', 'tap'], files: [path] });
    const after = lateOf(name, answer);
    expect(told(after)).toEqual(told(before));
    after.forEach(({ confidence, evidence, ledger }, i) => {
      expect(confidence).toBeGreaterThan(before[i]!.confidence + 0.05);
      const row = evidence.findIndex(({ input }) => input === path);
      expect(evidence[row]?.text).toMatch(/^steal on CPU \d grew by [\d.]+ s in the [\d.]+ s since line \d+$/);
      expect(ledger.find(({ state }) => state === 'vcpu-silent')?.evidence).toContain(row);
    });
    expect(answer.inputs.at(-1)).toMatchObject({ kind: 'vitals', role: 'vitals', path });
    expect(assumed(answer)).toContain('the clock of the vitals is that of the capture sender');
  });

  it('is as sure as before with steal that says 0', async () => {
    const before = lateOf(name, await given(name, { captures: ['sender', 'tap'] }));
    const after = lateOf(name, await given(name, { captures: ['sender', 'tap'], files: [vitalsOf(false)] }));
    expect(after).toEqual(before);
  });

  it('is told by steal from the capture inside alone, up to its length', async () => {
    const late = lateOf(name, await given(name, { trace: false, captures: ['sender'], files: [vitalsOf(true)] }));
    expect(told(late)).toEqual(['vcpu-stall 2.94', 'vcpu-stall 4.05']);
    for (const { ledger } of late) expect(ledger).toMatchObject([{ state: 'vcpu-silent', bound: 'up-to' }]);
  });

  it('is not told by vitals of another day, nor from outside alone', async () => {
    const path = join(scratch, 'elsewhere.ndjson');
    const other = 1_700_000_000_000_000_000n;
    writeFileSync(path, printVitals({ from: other, to: other + 1_000_000_000n }));
    expect(counted(await given(name, { captures: ['sender'], files: [path] }))).toMatchObject({
      vitals_not_related: 1,
    });
    const outside = await given(name, { trace: false, captures: ['tap'], files: [vitalsOf(true)] });
    expect(counted(outside)).toMatchObject({ vitals_not_related: 1 });
    expect(told(lateOf(name, outside))).toEqual(['insufficient-evidence 2.94', 'insufficient-evidence 4.05']);
  });
});

describe('a receiver that captured it and took over all the same', () => {
  const name = 'drop';

  it('is told with what would explain it', async () => {
    const answer = await given(name, { captures: ['sender', 'receiver'] });
    const { late, takeovers } = senderOf(answer, readTruth(name));
    expect(late).toEqual([]);
    expect(takeovers).toMatchObject([{ by: '192.168.205.9', after: 'loss-after-capture', late: null }]);
    expect(assumed(answer)).toMatch(/takeover by 192\.168\.205\.9 had a reason behind receiver: .*inside the backup/);
  });

  it.each([
    { trace: true, captures: ['receiver'] },
    { trace: false, captures: ['sender', 'receiver'] },
    { trace: false, captures: ['receiver'] },
  ])('with trace $trace and captures $captures', async (inputs) => {
    const answer = await given(name, inputs);
    const { late, takeovers } = senderOf(answer, readTruth(name));
    expect(late).toEqual([]);
    expect(takeovers).toMatchObject([{ after: 'loss-after-capture', late: null }]);
    expect(assumed(answer)).toContain('inside the backup');
  });
});

describe('packets that a capture did not see', () => {
  const name = 'pathloss';

  it('were lost between two captures that see what lies around them', async () => {
    const answer = await given(name, { captures: ['sender', 'receiver'] });
    expect(told(lateOf(name, answer))).toEqual(['path-loss 4.61']);
    expect(counted(answer)).not.toHaveProperty('capture_missed_advertisements');
    expect(counted(answer)).not.toHaveProperty('capture_unseen_ids');
  });

  it('were missed by the nearer one when the farther one saw them: no loss, no failed send', async () => {
    const clean = 'clean';
    const answer = await given(clean, {
      captures: [without(clean, 'sender', (id) => id === 6 || id === 7), 'receiver'],
    });
    const instance = senderOf(answer, readTruth(clean));
    expect(instance.late).toEqual([]);
    expect(instance.points.find((point) => point.name === 'sender')).toMatchObject({ lost: 0, missed: 2 });
    expect(counted(answer)).toMatchObject({ capture_missed_advertisements: 2 });
    expect(assumed(answer)).toMatch(/the capture at sender missed 2 advertisements: .*-B 10000/);
  });

  it('and without a trace either', async () => {
    const clean = 'clean';
    const near = without(clean, 'sender', (id) => id === 6);
    const answer = await given(clean, { trace: false, captures: [near, 'receiver'] });
    expect(lateOf(clean, answer)).toEqual([]);
    expect(counted(answer)).toMatchObject({ capture_missed_advertisements: 1 });
  });

  it('are a loss with one capture whose statistics say that it dropped none', async () => {
    const late = lateOf(name, await given(name, { captures: ['receiver'] }));
    expect(told(late)).toEqual(['path-loss 4.61']);
    expect(late[0]?.culprit?.target).toBe('send→receiver');
  });

  it('may be the fault of the only capture where nothing says that it dropped none', async () => {
    const clean = 'clean';
    const answer = await given(clean, { captures: [without(clean, 'receiver', (id) => id === 6 || id === 7)] });
    const [late, ...more] = lateOf(clean, answer);
    expect(more).toEqual([]);
    expect(late).toMatchObject({ cause: 'insufficient-evidence', where: 'unknown', culprit: null });
    expect(late?.summary).toContain('lost before it or missed by it');
    expect(late?.advice.join(' ')).toContain('-B 10000');
  });

  it('are a loss again where a backup missed them, too', async () => {
    const copy = without(name, 'receiver', () => false);
    expect(told(lateOf(name, await given(name, { captures: [copy] })))).toEqual(['path-loss 4.61']);
  });

  it('on a lone capture are told by the ids they used up', async () => {
    const answer = await given(name, { trace: false, captures: ['receiver'] });
    const [late] = lateOf(name, answer);
    expect(late).toMatchObject({ cause: 'insufficient-evidence' });
    expect(late?.summary).toContain(
      '5 advertisements with IP ids 9 to 13 were sent or tried in between and not captured here',
    );
    expect(late?.advice.join(' ')).toContain('-B 10000');
    expect(counted(answer)).toMatchObject({ capture_unseen_ids: 5 });
  });

  it('because the kernel refused them use up ids, too', async () => {
    const refused = 'sendfail';
    const answer = await given(refused, { trace: false, captures: ['sender', 'receiver'] });
    const [late] = lateOf(refused, answer);
    expect(late?.summary).toContain('6 advertisements with IP ids 9 to 14 were sent or tried');
    const whole = await given(refused, { captures: ['sender', 'receiver'] });
    expect(lateOf(refused, whole).map(({ cause }) => cause)).toEqual(['send-failed']);
    expect(counted(whole)).not.toHaveProperty('capture_unseen_ids');
  });
});
