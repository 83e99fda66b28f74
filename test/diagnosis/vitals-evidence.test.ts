import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePiece, type Piece } from '../../src/diagnosis/piece.js';
import { applyVitals } from '../../src/diagnosis/vitals-evidence.js';
import type { ClockedVitals } from '../../src/diagnosis/vitals-clock.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import type { Vitals } from '../../src/model/vitals.js';
import { GrowthSeries } from '../../src/sources/growth-series.js';
import { BASE } from '../support/build-trace.js';
import { oversleep, throttle } from '../support/faults.js';
import { checkAllLedgers } from '../support/ledger.js';
import { allLate, MS, S, Scene, type SceneOptions } from '../support/scene.js';
import { printVitals, type VitalsOptions } from '../support/vitals-file.js';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'whylate-vitals-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const at = (time: number): bigint => BASE + BigInt(Math.round(time));

/** Each scene is analysed in a folder of its own. */
const withoutFolders = (one: LateAdvertisement): LateAdvertisement => ({
  ...one,
  evidence: one.evidence.map((row) => ({ ...row, input: basename(row.input) })),
});

/** One late advertisement of a scene, with and without vitals of it. */
const withVitals = async (
  make: () => Scene,
  vitals: Partial<VitalsOptions>,
  options: SceneOptions = {},
): Promise<{ before: LateAdvertisement; after: LateAdvertisement; answer: Answer }> => {
  const path = join(scratch, 'vitals.ndjson');
  writeFileSync(path, printVitals({ from: at(0), to: at(20 * S), ...vitals }));
  const [before] = allLate(await make().analyze(options)).map(withoutFolders);
  const answer = await make().analyze({ ...options, request: { files: [path] } });
  checkAllLedgers(answer);
  const [after] = allLate(answer).map(withoutFolders);
  if (!before || !after) throw new Error('nothing late');
  return { before, after, answer };
};

const CALM = 4;
const DUE = (() => new Scene().calm(CALM).sender.due)();
const late = (trouble: (scene: Scene) => void) => (): Scene => {
  const scene = new Scene().calm(CALM);
  trouble(scene);
  return scene.calm(CALM);
};

describe('steal', () => {
  const overslept = late((scene) => {
    oversleep(scene, 1.2 * S);
  });
  const stolen = (share: number, cpus: readonly number[]): Partial<VitalsOptions> => ({
    stolen: Array.from({ length: 12 }, (_, i) => {
      const from = DUE + i * 100 * MS;
      return { from: at(from), to: at(from + share * 100 * MS), cpus };
    }),
  });

  it.each([['both'], ['far'], ['none']] as const)(
    'of the sender’s CPU makes a late timer the host’s (captures: %s)',
    async (captures) => {
      const { before, after } = await withVitals(overslept, stolen(0.8, [0]), { captures });
      expect(before.cause).toBe('timer-late');
      expect(after).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null, latenessNs: before.latenessNs });
      expect(after.ledger.find(({ state }) => state === 'vcpu-silent')).toMatchObject({ bound: 'up-to', cpu: 0 });
      expect(after.summary).toContain('the host stole CPU 0');
      expect(after.evidence.some(({ text }) => /^steal on CPU 0 grew by/.test(text))).toBe(true);
      expect(after.advice.join(' ')).toContain('heartbeat on every CPU');
    },
  );

  it.each([
    ['of another CPU', stolen(0.9, [1])],
    ['for too small a share', stolen(0.3, [0, 1])],
    ['at another time', { stolen: [{ from: at(0), to: at(2 * S) }] }],
    ['of 0', {}],
  ])('%s changes nothing', async (_, vitals) => {
    const { before, after } = await withVitals(overslept, vitals);
    expect(after).toEqual(before);
  });

  it('on a clock an hour off is left out', async () => {
    const { before, after, answer } = await withVitals(overslept, { ...stolen(0.9, [0]), clock: 3_600_000_000_000n });
    expect(after).toEqual(before);
    expect(answer.counters.map(({ name }) => name)).toContain('vitals_not_related');
  });
});

describe('a control group’s throttling', () => {
  const throttled = late((scene) => {
    throttle(scene, 1.5 * S, { tid: 802, comm: 'worker' });
  });

  it('makes a spent quota known', async () => {
    const { before, after } = await withVitals(throttled, { throttled: [{ from: at(DUE), to: at(DUE + 1.5 * S) }] });
    expect(before.summary).toContain('most likely');
    expect(after).toMatchObject({ cause: 'cpu-throttled', latenessNs: before.latenessNs });
    expect(after.confidence).toBeGreaterThan(before.confidence + 0.15);
    expect(after.summary).not.toContain('most likely');
    expect(
      after.evidence.some(({ text }) =>
        text.startsWith('the sender’s control group was kept from running for 1.5 s, 1 times'),
      ),
    ).toBe(true);
  });

  it('that did not grow is not held against it', async () => {
    const { before, after } = await withVitals(throttled, {});
    expect(after).toEqual(before);
  });
});

describe('counters and a ledger', () => {
  const seriesOf = (from: number, to: number, grown: number): GrowthSeries => {
    const series = new GrowthSeries(true);
    series.note(from, to, grown, 1, 2);
    return series;
  };
  const clocked = (parts: Partial<Vitals>): ClockedVitals => ({
    path: 'vitals.ndjson',
    toVitals: (time) => time,
    toReference: (time) => time,
    vitals: {
      baseNs: 0n,
      samples: 2,
      first: 0,
      last: 10 * S,
      steal: new Map(),
      heartbeat: new Map(),
      throttled: new GrowthSeries(true),
      throttlings: new GrowthSeries(false),
      ...parts,
    },
  });
  const unknown = (rest: Partial<Piece> = {}): Piece =>
    makePiece('unexplained', S, 3 * S, { bound: 'up-to', reason: 'no-switch-events', ...rest });
  const whole = seriesOf(S, 3 * S, 2 * S);
  const statesAfter = (piece: Piece, vitals: Partial<Vitals>): string[] =>
    applyVitals([piece], clocked(vitals)).ledger.map(({ state, reason }) => `${state} ${String(reason)}`);

  it('an unknown CPU was stolen only where all were', () => {
    expect(
      statesAfter(unknown(), {
        steal: new Map([
          [0, whole],
          [1, whole],
        ]),
      }),
    ).toEqual(['vcpu-silent stolen']);
    expect(
      statesAfter(unknown(), {
        steal: new Map([
          [0, whole],
          [1, new GrowthSeries(true)],
        ]),
      }),
    ).toEqual(['unexplained no-switch-events']);
    expect(
      statesAfter(unknown({ cpu: 1 }), {
        steal: new Map([
          [0, whole],
          [1, new GrowthSeries(true)],
        ]),
      }),
    ).toEqual(['unexplained no-switch-events']);
  });

  it.each(['capture-dropped', 'capture-unsure', 'ids-missing', 'lost-events'] as const)(
    'what is open for %s stays open',
    (reason) => {
      expect(statesAfter(unknown({ reason }), { steal: new Map([[0, whole]]) })).toEqual([`unexplained ${reason}`]);
    },
  );

  it('a wait for a stolen CPU is the host’s, not whoever’s the guest had put there', () => {
    const ready = makePiece('ready', S, 3 * S, { cpu: 0, held: new Map([['hog', { ns: 2 * S, tid: 7 }]]) });
    expect(statesAfter(ready, { steal: new Map([[0, whole]]) })).toEqual(['vcpu-silent stolen']);
    expect(statesAfter(ready, { steal: new Map([[0, seriesOf(S, 3 * S, 0.8 * S)]]) })).toEqual(['ready null']);
    expect(statesAfter(ready, { steal: new Map([[1, whole]]) })).toEqual(['ready null']);
  });

  it('known states are not touched', () => {
    const blocked = makePiece('blocked', S, 3 * S);
    const { ledger, support } = applyVitals([blocked], clocked({ steal: new Map([[0, whole]]) }));
    expect(ledger).toEqual([blocked]);
    expect(support.size).toBe(0);
  });

  it('a late heartbeat supports a silence, and makes none', () => {
    const heartbeat = new Map([[0, whole]]);
    const silent = makePiece('vcpu-silent', S, 3 * S, { reason: 'all-cpus-silent' });
    const { support } = applyVitals([silent], clocked({ heartbeat }));
    expect(support.get(silent)).toMatchObject([
      { line: 2, text: 'the heartbeat on CPU 0 was late by 2 s in the 2 s since line 1' },
    ]);
    expect(statesAfter(unknown(), { heartbeat })).toEqual(['unexplained no-switch-events']);
  });

  it('nothing is read across a clock that was set', () => {
    const { ledger } = applyVitals([unknown()], clocked({ steal: new Map([[0, whole]]) }), [
      { from: 1.5 * S, to: 2 * S },
    ]);
    expect(ledger[0]?.state).toBe('unexplained');
  });
});
