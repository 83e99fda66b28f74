import type { CounterTable } from '../../model/counters.js';
import type { Architecture } from './call-numbers.js';
import { ASSUMED_MACHINE, INFERRED_MACHINE } from './problems.js';

/** Calls in which threads sleep, by number: what has another of these numbers there does not sleep, or hardly ever. */
const SLEEPS: Readonly<Record<Architecture, ReadonlySet<number>>> = {
  // read poll select nanosleep recvmsg wait4 futex clock_nanosleep epoll_wait pselect6 ppoll epoll_pwait
  x86_64: new Set([0, 7, 23, 35, 47, 61, 202, 230, 232, 270, 271, 281]),
  // epoll_pwait read pselect6 ppoll futex nanosleep clock_nanosleep recvmsg wait4
  aarch64: new Set([22, 63, 72, 73, 98, 101, 115, 212, 260]),
};
/** So many sleeps settle it, and so many times as many as speak for the other. */
const ENOUGH = 16;
const MAJORITY = 8;

/**
 * Whose numbers system calls have where nothing says so. A thread that leaves its CPU asleep (`prev_state=S`) is in a call
 * that sleeps, and the numbers of those on x86_64 are on aarch64 numbers of calls that do not, and the other way round.
 */
export class MachineVote {
  readonly #calls = new Map<number, number>();
  readonly #votes: Record<Architecture, number> = { x86_64: 0, aarch64: 0 };

  enter(tid: number, call: number): void {
    this.#calls.set(tid, call);
  }

  leave(tid: number): void {
    this.#calls.delete(tid);
  }

  /** A thread leaves its CPU asleep. */
  sleep(tid: number): void {
    const call = this.#calls.get(tid);
    if (call === undefined) return;
    for (const machine of ['x86_64', 'aarch64'] as const) if (SLEEPS[machine].has(call)) this.#votes[machine]++;
  }

  /** null: too early to tell. */
  get outcome(): Architecture | null {
    const { x86_64, aarch64 } = this.#votes;
    if (x86_64 >= ENOUGH && x86_64 >= MAJORITY * aarch64) return 'x86_64';
    return aarch64 >= ENOUGH && aarch64 >= MAJORITY * x86_64 ? 'aarch64' : null;
  }

  /** What is to be taken, and is counted. */
  settle(counters: CounterTable): Architecture {
    const { outcome } = this;
    counters.add(outcome === null ? ASSUMED_MACHINE : INFERRED_MACHINE);
    return outcome ?? 'x86_64';
  }
}
