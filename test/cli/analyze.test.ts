import { describe, expect, it } from 'vitest';
import { runAnalyze } from '../../src/cli/analyze.js';
import type { AnalyzeLowArguments } from '../../src/cli/analyze-flags.js';
import { startAnalyzeArguments } from '../../src/cli/analyze-flags.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import type { Answer } from '../../src/model/answer.js';
import type { AnalyzeHooks } from '../../src/model/request.js';
import * as answers from '../reports/answers.js';
import type { RecordedWorld } from './recorded-world.js';
import { recordWorld } from './recorded-world.js';

const run = (answer: Answer, more: Partial<AnalyzeLowArguments>, world: RecordedWorld = recordWorld()) =>
  runAnalyze({ ...startAnalyzeArguments(['a']), ...more }, world, () => Promise.resolve(answer));

const losing = (dropped: number, offered?: number): Answer => {
  const answer = answers.oneLateAnswer();
  const loss = { known: true, dropped, ...(offered === undefined ? {} : { offered }) };
  return { ...answer, inputs: answer.inputs.map((input) => ({ ...input, records: 98, loss })) };
};

const noticed = (): Answer => {
  const answer = answers.everythingAnswer();
  return {
    ...answer,
    counters: answer.counters.filter(({ severity }) => severity === 'notice' || severity === 'info'),
  };
};

const takeoverWithoutLate = (): Answer => {
  const takeovers = [{ atNs: '1', by: '192.168.205.9', after: 'loss-after-capture' as const, late: null }];
  return answers.answerOf([answers.instanceOf([], { takeovers })]);
};

describe('analyze', () => {
  it('prints the answer as JSON and nothing else', async () => {
    const world = recordWorld();
    expect(await run(answers.everythingAnswer(), { json: true }, world)).toBe(EXIT.answered);
    expect(JSON.parse(world.written.stdout)).toEqual(answers.everythingAnswer());
    expect(world.written.stderr).toBe('');
  });

  it('prints it for people and as gaps', async () => {
    const people = recordWorld();
    await run(answers.oneLateAnswer(), { utc: true }, people);
    expect(people.written.stdout).toMatch(/^whylate 0\.1\.0\n/);
    const gaps = recordWorld();
    await run(answers.oneLateAnswer(), { gaps: true, utc: true }, gaps);
    expect(gaps.written.stdout).toMatch(/^2014-09-10 17:01:23\.409942 2\.070000 205\/ipv4 .* stopped .*\n$/);
  });

  it.each<[string, Answer, Partial<AnalyzeLowArguments>, number, RegExp]>([
    ['no loss is no loss', losing(0), { maxLossPercent: 0 }, 0, /^$/],
    ['exactly the limit is within it', losing(2), { maxLossPercent: 2 }, 0, /^$/],
    [
      'beyond the limit',
      losing(3),
      { maxLossPercent: 2 },
      3,
      /^whylate: trace\.jsonl\.gz: lost 3 records \(2\.97 %\).*\n/,
    ],
    ['of what was offered', losing(3, 1000), { maxLossPercent: 2 }, 0, /^$/],
    ['all of it', { ...losing(3, 0) }, { maxLossPercent: 99 }, 3, /100 %/],
    ['unknown loss is no known loss', answers.oneLateAnswer(), { maxLossPercent: 0 }, 0, /^$/],
    ['errors are none without --strict', answers.everythingAnswer(), {}, 0, /^$/],
    [
      'with --strict data that was lost is one',
      answers.everythingAnswer(),
      { strict: true },
      3,
      /^whylate: --strict: sysdig_json_bad_row 3: [^\n]*\n$/,
    ],
    ['a notice is no error', noticed(), { strict: true }, 0, /^$/],
    ['fail on late', answers.oneLateAnswer(), { failOn: 'late' }, 4, /--fail-on late: 1 late/],
    ['late is no takeover', answers.oneLateAnswer(), { failOn: 'takeover' }, 0, /^$/],
    [
      'fail on a gap past the master-down interval',
      answers.everythingAnswer(),
      { failOn: 'takeover' },
      4,
      /3 gaps past/,
    ],
    [
      'fail on a takeover that was seen',
      takeoverWithoutLate(),
      { failOn: 'takeover' },
      4,
      /0 gaps past .* 1 takeover seen/,
    ],
    ['a takeover is no late advertisement', takeoverWithoutLate(), { failOn: 'late' }, 0, /^$/],
    [
      'the lower number wins',
      losing(3),
      { failOn: 'late', maxLossPercent: 1 },
      3,
      /more than --max-loss 1[^]*--fail-on/,
    ],
  ])('exits by the limits, answer printed all the same: %s', async (_, answer, more, code, message) => {
    const world = recordWorld();
    expect(await run(answer, { ...more, json: true }, world)).toBe(code);
    expect(JSON.parse(world.written.stdout)).toEqual(answer);
    expect(world.written.stderr).toMatch(message);
  });

  it('exits with 0 when the reader has gone', async () => {
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const world = recordWorld({ stdout: { fails: closed } });
    expect(await run(answers.oneLateAnswer(), { failOn: 'late' }, world)).toBe(EXIT.answered);
    expect(world.written.stderr).toBe('');
  });

  it('fails when the answer cannot be written', async () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    await expect(run(answers.oneLateAnswer(), {}, recordWorld({ stdout: { fails: full } }))).rejects.toBe(full);
  });

  it.each([EXIT.interrupted, EXIT.terminated])('stops at a signal with %d and tells the analysis', async (code) => {
    const world = recordWorld();
    let given: AnalyzeHooks | undefined;
    const running = runAnalyze(startAnalyzeArguments(['a']), world, (_, hooks) => {
      given = hooks;
      return new Promise(() => undefined);
    });
    expect(given?.signal?.aborted).toBe(false);
    world.send(code);
    expect(await running).toBe(code);
    expect(given?.signal?.aborted).toBe(true);
    expect(world.written.stdout).toBe('');
  });

  it('shows progress on a terminal only, and wipes it', async () => {
    const show = async (isTTY: boolean): Promise<string> => {
      const world = recordWorld({ stderr: { isTTY, columns: 30 } });
      await runAnalyze(startAnalyzeArguments(['a']), world, (_, hooks) => {
        for (const events of [1, 2])
          hooks?.onProgress?.({ bytes: 120_000_000, events: events * 1_000_000, atNs: null });
        return Promise.resolve(answers.oneLateAnswer());
      });
      return world.written.stderr;
    };
    expect(await show(false)).toBe('');
    expect(await show(true)).toBe('\r\u001b[Kreading: 120 MB, 1,000,000 ev\r\u001b[K');
  });
});
