/** What is kept to draw late advertisements from, on real recordings. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import type { Answer, LedgerState } from '../../src/model/answer.js';
import type { Picture, PictureSpan } from '../../src/model/picture.js';
import { requestOf, type AnalyzeHooks } from '../../src/model/request.js';

const TRACES = join(import.meta.dirname, '../../traces');

const drawAll = async (name: string, hooks: AnalyzeHooks = {}): Promise<{ answer: Answer; pictures: Picture[] }> => {
  const pictures: Picture[] = [];
  const answer = await analyze(requestOf({ files: [join(TRACES, name)] }), {
    ...hooks,
    onPicture: (picture) => pictures.push(picture),
  });
  return { answer, pictures };
};

const expectInOrder = (spans: readonly PictureSpan[], length: number): void => {
  let end = 0;
  for (const { from, to } of spans) {
    expect(from).toBeGreaterThanOrEqual(end);
    expect(to).toBeGreaterThan(from);
    end = to;
  }
  expect(end).toBeLessThanOrEqual(length);
};

/** States in which the sender's own thread is shown. */
const OF_THE_THREAD: readonly LedgerState[] = ['stopped', 'ready', 'blocked', 'throttled', 'overslept', 'vcpu-silent'];

describe.each([
  'sigstop',
  'cfs-hogs',
  'rt-hog',
  'throttle',
  'freezer',
  'syslog',
  'fsfreeze',
  'restart',
  'tbf',
  'vm-paused',
])('the pictures of %s', (name) => {
  const drawn = drawAll(name);

  it('are one for each late advertisement', async () => {
    const { answer, pictures } = await drawn;
    const late = answer.instances.flatMap((instance) => instance.late);
    expect(pictures.map((picture) => picture.late)).toEqual(late.map(({ id }) => id));
    pictures.forEach(({ packets, fromNs, hidden }, i) => {
      const { measuredAt, gapNs, sentNs } = late[i]!;
      const [a, b] = packets.filter(({ point }) => point === measuredAt);
      const shown = (b?.at ?? 0) - (a?.at ?? 0);
      // Another clock may drift meanwhile.
      expect(Math.abs(shown + hidden - Number(gapNs))).toBeLessThan(1e6);
      expect(hidden > 0).toBe(late[i]!.cause === 'vm-paused');
      const sent = packets.find(({ which, point }) => which === 'late' && point === 'send');
      if (sent) expect(BigInt(fromNs) + BigInt(sent.at)).toBe(BigInt(sentNs));
    });
  });

  it('show each CPU and the sender without overlaps', async () => {
    const { pictures } = await drawn;
    for (const { cpus, sender, length, due, masterDown } of pictures) {
      expect(due).toBeLessThan(masterDown);
      expectInOrder(sender, length);
      expect(new Set(cpus.map(({ cpu }) => cpu)).size).toBe(cpus.length);
      for (const { spans } of cpus) {
        expectInOrder(spans, length);
        expect(spans.length).toBeLessThanOrEqual(300);
        for (const { from, to, ns } of spans) expect(ns).toBeLessThanOrEqual(to - from);
      }
    }
  });

  it('colour the sender by the ledger', async () => {
    const { answer, pictures } = await drawn;
    const late = answer.instances.flatMap((instance) => instance.late);
    pictures.forEach(({ sender }, i) => {
      if (sender.length === 0) return;
      for (const state of OF_THE_THREAD) {
        const told = late[i]!.ledger.reduce((sum, entry) => sum + (entry.state === state ? Number(entry.ns) : 0), 0);
        const shown = sender.reduce((sum, span) => sum + (span.state === state ? span.to - span.from : 0), 0);
        expect(Math.abs(shown - told), `${late[i]!.id} ${state}`).toBeLessThan(2e6 + 0.01 * told);
      }
    });
  });
});

it('show who had the CPU', async () => {
  const { pictures } = await drawAll('rt-hog');
  const hog = pictures[0]?.cpus.flatMap(({ spans }) => spans.filter(({ process }) => process === 'reindexer')) ?? [];
  expect(hog.reduce((sum, { ns }) => sum + ns, 0)).toBeGreaterThan(0.9 * (pictures[0]!.length - pictures[0]!.due));
});

it('show the takeover where it came before the late one', async () => {
  const { pictures } = await drawAll('sigstop');
  expect(pictures.map(({ takeovers }) => takeovers.map(({ by }) => by))).toEqual([[], ['192.168.205.9']]);
});

it('show the CPUs of a sender that was in time only where all was to be kept', async () => {
  const { pictures } = await drawAll('pathdelay');
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.flatMap(({ cpus }) => cpus)).toEqual([]);
  const { answer, pictures: whole } = await drawAll('pathdelay', { everyPicture: true });
  for (const { cpus } of whole) expect(cpus.length).toBeGreaterThan(0);
  const late = whole.filter((picture) => picture.late !== null);
  expect(late.map(({ fromNs, ...picture }) => ({ ...picture, fromNs, cpus: [], sender: [] }))).toEqual(
    pictures.map((picture) => ({ ...picture, sender: [] })),
  );
  expect(whole.length - late.length).toBeGreaterThan((answer.instances[0]?.advertisements ?? 0) / 2);
});
