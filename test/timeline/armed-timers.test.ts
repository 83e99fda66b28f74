import { describe, expect, it } from 'vitest';
import { ArmedTimers } from '../../src/timeline/armed-timers.js';

describe('ArmedTimers', () => {
  const armed = (...infos: string[]): ArmedTimers => {
    const timers = new ArmedTimers();
    for (const [i, info] of infos.entries()) timers.arm(i, info);
    return timers;
  };

  it('knows the earliest of timers and timeouts', () => {
    const timers = armed('fd=5(<t>) flags=0 value_ns=1000 ', 'fd=6 flags=0 value_ns=500 ');
    expect(timers.dueIn(100, 'maxevents=5 ')).toBe(501);
    expect(timers.dueIn(100, 'wait_ns=50 ')).toBe(150);
    timers.expire(501);
    expect(timers.dueIn(600, '')).toBe(1000);
    timers.expire(1000);
    expect(timers.dueIn(1100, '')).toBeNull();
  });

  it('knows nothing of rows without arguments, times on another clock, and timers that were disarmed', () => {
    expect(armed('').dueIn(0, '')).toBeNull();
    expect(armed('res=0 ').dueIn(0, '')).toBeNull();
    expect(armed('fd=5 flags=0 value_ns=1000 ', 'fd=5 flags=1 value_ns=77 ').dueIn(0, '')).toBeNull();
    expect(armed('fd=5 flags=0 value_ns=1000 ', 'fd=5 flags=0 value_ns=0 ').dueIn(0, '')).toBeNull();
  });
});
