import { describe, expect, it } from 'vitest';
import { makePiece } from '../../src/diagnosis/piece.js';
import { doubtCalls, unwitnessedCall } from '../../src/diagnosis/unwitnessed.js';
import { makeSegment } from '../../src/timeline/segments.js';

const MS = 1_000_000;

describe('a long call of which nobody saw whether it slept', () => {
  const call = (ms: number) =>
    unwitnessedCall(makeSegment('off', 0, ms * MS, { call: 'write', target: '/var/log/x' }), 'keepalived', []);
  const elsewhere = (ms: number) =>
    makePiece('unexplained', 0, ms * MS, { bound: 'up-to', reason: 'no-switch-events' });

  it('is blocked, for at most that time', () => {
    expect(doubtCalls([call(100), elsewhere(20)])[0]).toMatchObject({
      state: 'blocked',
      bound: 'up-to',
      syscall: 'write',
      target: '/var/log/x',
    });
  });

  it('is not, where the thread was held up as well where it cannot sleep', () => {
    expect(doubtCalls([call(100), elsewhere(30)]).map(({ state }) => state)).toEqual(['unexplained', 'unexplained']);
  });
});
