import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAnswer } from '../../scripts/bench/check-answer.js';
import { readRecording } from '../../scripts/bench/recording.js';
import type { Recording } from '../../scripts/bench/recording.js';
import { runAnalyze } from '../../scripts/bench/run-analyze.js';
import type { RunOptions } from '../../scripts/bench/run-analyze.js';
import { planRepeat, planStall, writeCaptures, writeTrace } from '../../scripts/bench/stretch.js';
import type { Plan } from '../../scripts/bench/stretch.js';

const MAX_MIB = 300;
/**
 * Growth of what is in use; 3 to 4 MiB measured (`memory.js --live`). Resident memory is no measure of growth here: up to
 * 40 MiB of it are garbage that V8 leaves lying where there is room, more on a loaded machine.
 */
const MAX_LIVE_GROWTH_MIB = 6;
const ONCE: Plan = { from: 0, to: 0, copies: 1 };

const recording = (name: string): Recording =>
  readRecording(fileURLToPath(new URL(`../../traces/${name}`, import.meta.url)));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-scale-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Analyse a stretched recording with the built command, in a process of its own. */
const analyze = async (source: Recording, plan: Plan, options: RunOptions = {}) => {
  const session = join(folder, String(plan.copies));
  writeCaptures(source, plan, session);
  await pipeline(Readable.from(writeTrace(source, plan)), createWriteStream(join(session, 'trace.jsonl')));
  return runAnalyze([session], options);
};

describe('memory', () => {
  it('does not grow with the trace: ten times a recording', async () => {
    const source = recording('sigstop');
    const plan = planRepeat(source, 10);
    const once = await analyze(source, ONCE, { watchLive: true });
    const watched = await analyze(source, plan, { watchLive: true });
    const tenfold = await analyze(source, plan);
    expect(once.events).toBe(source.rows.length);
    expect(tenfold.events).toBeGreaterThan(9 * once.events);
    expect(once.answer.instances.flatMap(({ late }) => late)).toHaveLength(2);
    expect(tenfold.answer.instances.flatMap(({ late }) => late)).toHaveLength(20);
    expect(checkAnswer(tenfold.answer, once.answer, source, plan)).toEqual([]);
    expect(tenfold.peakMiB).toBeLessThanOrEqual(MAX_MIB);
    expect(once.liveMiB).toBeGreaterThan(0);
    expect(watched.liveMiB - once.liveMiB).toBeLessThanOrEqual(MAX_LIVE_GROWTH_MIB);
  });

  it('does not grow with the length of a stall: 120 s of many threads taking turns', async () => {
    const source = recording('cfs-hogs');
    const plan = planStall(source, 120);
    const once = await analyze(source, ONCE, { watchLive: true });
    const watched = await analyze(source, plan, { watchLive: true });
    const stalled = await analyze(source, plan);
    const [longest] = stalled.answer.instances
      .flatMap(({ late }) => late)
      .sort((a, b) => Number(b.gapNs) - Number(a.gapNs));
    expect(Number(longest?.gapNs)).toBeGreaterThanOrEqual(120e9);
    expect(longest).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
    expect(checkAnswer(stalled.answer, once.answer, source, plan)).toEqual([]);
    expect(stalled.peakMiB).toBeLessThanOrEqual(MAX_MIB);
    expect(once.liveMiB).toBeGreaterThan(0);
    expect(watched.liveMiB - once.liveMiB).toBeLessThanOrEqual(MAX_LIVE_GROWTH_MIB);
  });
});
