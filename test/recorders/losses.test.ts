import { describe, expect, it } from 'vitest';
import { LossAccount } from '../../scripts/recorders/losses.js';

const BEAT = 30e6;
/** Beats of a CPU from the `from`th up to the `to`th, at their times. */
const beat = (account: LossAccount, cpu: number, from: number, to: number, numbered = true): void => {
  for (let i = from; i <= to; i++) account.noteBeat({ cpu, time: i * BEAT, number: numbered ? i : -1 });
};

describe('LossAccount', () => {
  it('counts nothing where every beat is there', () => {
    const account = new LossAccount();
    for (const cpu of [0, 1]) beat(account, cpu, 1, 200);
    for (const cpu of [0, 1]) account.noteEnd(cpu, 200);
    expect(account.lost).toBe(0);
  });

  it('does not count a CPU that stood still', () => {
    const account = new LossAccount();
    beat(account, 0, 1, 200);
    beat(account, 1, 1, 50);
    for (let i = 51; i < 100; i++) account.noteBeat({ cpu: 1, time: (i + 100) * BEAT, number: i });
    expect(account.lost).toBe(0);
  });

  it('counts beats that were numbered and never came, unless the tracer counted more', () => {
    const account = new LossAccount();
    beat(account, 0, 1, 50);
    beat(account, 0, 81, 100);
    expect(account.lost).toBe(30);
    account.noteTold(500);
    expect(account.lost).toBe(500);
  });

  it('adds those behind the last that was read', () => {
    const account = new LossAccount();
    account.noteTold(500);
    beat(account, 0, 1, 100);
    account.noteEnd(0, 150);
    expect(account.lost).toBe(550);
  });

  it('counts a CPU nothing was ever read of, from the begin of what is there', () => {
    const account = new LossAccount();
    beat(account, 0, 1001, 1101);
    account.noteEnd(0, 1101);
    account.noteEnd(1, 1101);
    expect(account.lost).toBe(100);
  });

  it.each([true, false])(
    'takes a CPU silent until the end for lost where the tracer told no end (numbers: %s)',
    (numbered) => {
      const account = new LossAccount();
      beat(account, 0, 1, 200, numbered);
      beat(account, 1, 1, 100, numbered);
      expect(account.lost).toBe(100);
    },
  );

  it('begins anew with another run of the tracer', () => {
    const account = new LossAccount();
    beat(account, 0, 1, 100);
    account.noteBeat({ cpu: 0, time: 500 * BEAT, number: 1 });
    expect(account.lost).toBe(0);
  });

  it('counts only what was lost in the time that is asked for', () => {
    const account = new LossAccount((from, to) => to >= 1000 * BEAT && from <= 2000 * BEAT);
    beat(account, 0, 1, 10);
    beat(account, 0, 20, 1000);
    beat(account, 0, 1011, 1020);
    expect(account.lost).toBe(10);
  });
});
