import { describe, expect, it } from 'vitest';
import { advise } from '../../src/diagnosis/advice.js';
import { makePiece, type Piece } from '../../src/diagnosis/piece.js';
import { causeOf, type Verdict } from '../../src/diagnosis/verdict.js';
import { WHERE_OF_CAUSE } from '../../src/model/causes.js';

const verdictOf = (piece: Piece): Verdict => ({
  cause: causeOf(piece),
  where: WHERE_OF_CAUSE[causeOf(piece)],
  culprit: null,
  confidence: 0.5,
  contributors: [],
  leading: [piece],
  others: [],
});

const advised = (state: Piece['state'], rest: Partial<Piece> = {}, sharedRings = false): string =>
  advise(verdictOf(makePiece(state, 0, 1e9, rest)), false, sharedRings).join(' ');

const upTo = { bound: 'up-to' } as const;

describe('advice', () => {
  it('a late timer behind shared ring buffers may be one CPU that stood still', () => {
    expect(advised('overslept', upTo, true)).toContain('--cpus-for-each-buffer 1');
    expect(advised('overslept', upTo)).not.toContain('--cpus-for-each-buffer 1');
    expect(advised('ready', upTo, true)).toContain('--cpus-for-each-buffer 1');
    expect(advised('ready', {}, true)).not.toContain('--cpus-for-each-buffer 1');
  });

  it('a silent CPU whose silence is a limit is settled by counters', () => {
    expect(advised('vcpu-silent', { ...upTo, reason: 'one-cpu-silent' })).toMatch(/without ticks.*vitals\.ndjson/);
    expect(advised('vcpu-silent', { reason: 'all-cpus-silent' })).not.toContain('vitals.ndjson');
  });

  it('packets that only a capture may have missed are captured with a larger buffer', () => {
    for (const reason of ['capture-dropped', 'capture-unsure', 'ids-missing'] as const)
      expect(advised('unexplained', { ...upTo, reason })).toContain('-B 10000');
  });
});
