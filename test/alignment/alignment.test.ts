/** `WHYLATE_FULL=1` judges 1,000 scenes with IP identifications, of which one may be wrong; else 300, of which none may. */
import { describe, expect, it } from 'vitest';
import { judgeScene } from './judge-alignment.js';
import { makeScene } from './scenes.js';

/** Judge scenes from seed 1 on. `wrong`: not right, and no doubt stated; `doubted`: of all, right or not. */
const judgeMany = (count: number, ids: boolean): { wrong: string[]; doubted: number; unaligned: number } => {
  const wrong: string[] = [];
  let doubted = 0;
  let unaligned = 0;
  for (let seed = 1; seed <= count; seed++) {
    const scene = makeScene(seed, ids);
    const verdict = judgeScene(scene);
    if (verdict.doubted) doubted++;
    if (!verdict.aligned) unaligned++;
    if (verdict.fault !== null && !verdict.doubted) {
      wrong.push(`seed ${String(seed)}: ${verdict.fault} (${scene.traits.join(', ')})`);
    }
  }
  return { wrong, doubted, unaligned };
};

const isFull = process.env['WHYLATE_FULL'] === '1';

describe('clock alignment in random scenes', () => {
  it('is right to the uncertainty it states, or says its doubt', () => {
    const { wrong, doubted, unaligned } = judgeMany(isFull ? 1000 : 300, true);
    expect(doubted, 'doubt is no way out').toBeLessThanOrEqual(isFull ? 50 : 15);
    expect(unaligned).toBeLessThanOrEqual(isFull ? 5 : 1);
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(isFull ? 1 : 0);
  }, 300_000);

  it('is so without IP identifications', () => {
    const { wrong, doubted, unaligned } = judgeMany(300, false);
    expect(doubted, 'doubt is no way out').toBeLessThanOrEqual(30);
    expect(unaligned).toBeLessThanOrEqual(5);
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(1);
  }, 300_000);
});
