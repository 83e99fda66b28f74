import { formatDuration } from '../model/duration.js';
import type { CounterSeries, Growth } from '../model/vitals.js';
import { makePiece, type Piece } from './piece.js';
import type { ClockedVitals } from './vitals-clock.js';

/** A row of the vitals that speaks for a part of the ledger. */
export interface VitalsRow {
  readonly input: string;
  readonly line: number;
  /** Reference clock, ns. */
  readonly time: number;
  readonly text: string;
}

/** Parts of a ledger for which counters speak, with the rows that do. */
export type VitalsSupport = ReadonlyMap<Piece, readonly VitalsRow[]>;

/** A part of the ledger is the host's when its CPU was stolen for this share of it. */
const STOLEN_SHARE = 0.5;
/** Steal is counted in steps of 10 ms, and late by one of them; shorter parts (ns) are not judged by it. */
const LEAST = 50_000_000;
/** A counter is brought up to date this much (ns) after what it counts. */
const SETTLE = 15_000_000;

/** What became of packets, or of lost rows, no counter tells. */
const BEYOND_COUNTERS: ReadonlySet<Piece['reason']> = new Set([
  'capture-dropped',
  'capture-unsure',
  'ids-missing',
  'lost-events',
]);

/**
 * States that leave open who is to blame: steal tells. Whoever the guest's scheduler had put on a stolen CPU did not run
 * either, so a wait behind it is the host's as well.
 */
const isOpen = ({ state, reason, cpu }: Piece): boolean =>
  state === 'overslept' ||
  (state === 'ready' && cpu !== null) ||
  (state === 'unexplained' && !BEYOND_COUNTERS.has(reason));

/**
 * What counters say of a ledger: parts that nothing explained, or spent waiting for a CPU, and in which the host stole the sender's CPU become
 * `vcpu-silent` (up to their length), and parts that counters speak for gain support. A counter that stands still says
 * nothing: hypervisors need not report steal, and a control group's statistics do not count its parents' quotas.
 *
 * @param steps times in which the trace's clock was set: across them samples and trace cannot be compared
 */
export const applyVitals = (
  ledger: readonly Piece[],
  clocked: ClockedVitals | null,
  steps: readonly { readonly from: number; readonly to: number }[] = [],
): { ledger: readonly Piece[]; support: VitalsSupport } => {
  const support = new Map<Piece, readonly VitalsRow[]>();
  if (clocked === null) return { ledger, support };
  const told = ledger.map((piece) => {
    if (piece.ns < LEAST || steps.some(({ from, to }) => from < piece.to && to > piece.from)) return piece;
    const rows = new Rows(clocked, piece);
    if (piece.state === 'throttled') {
      rows.addThrottling();
      if (rows.all.length > 0) support.set(piece, rows.all);
      return piece;
    }
    if (piece.state === 'vcpu-silent') {
      rows.addSteal(false);
      rows.addHeartbeat();
      if (rows.all.length > 0) support.set(piece, rows.all);
      return piece;
    }
    if (!isOpen(piece)) return piece;
    rows.addSteal(true);
    if (rows.all.length === 0) return piece;
    const stolen = makePiece('vcpu-silent', piece.from, piece.to, {
      ns: piece.ns,
      bound: 'up-to',
      cpu: piece.cpu,
      reason: 'stolen',
      proof: piece.proof,
      witnesses: piece.witnesses,
    });
    rows.addHeartbeat();
    support.set(stolen, rows.all);
    return stolen;
  });
  return { ledger: told, support };
};

/** The rows that speak for one part of a ledger. */
class Rows {
  readonly all: VitalsRow[] = [];
  readonly #clocked: ClockedVitals;
  readonly #piece: Piece;
  readonly #from: number;
  readonly #to: number;

  constructor(clocked: ClockedVitals, piece: Piece) {
    this.#clocked = clocked;
    this.#piece = piece;
    this.#from = clocked.toVitals(piece.from);
    this.#to = clocked.toVitals(piece.to) + SETTLE;
  }

  /**
   * Steal on the part's CPU. Where that is not known, the CPU with the most of it supports a silence that was seen, but
   * only steal on every CPU can be the sender's.
   */
  addSteal(alone: boolean): void {
    const { steal } = this.#clocked.vitals;
    const found = this.#largest(steal);
    const all = this.#piece.cpu !== null || !alone || found.length === steal.size;
    const [most] = found;
    if (most && all) this.#add(most.growth, `steal on CPU ${String(most.cpu)} grew by ${say(most.growth.total)}`);
  }

  addHeartbeat(): void {
    const [most] = this.#largest(this.#clocked.vitals.heartbeat);
    if (most) this.#add(most.growth, `the heartbeat on CPU ${String(most.cpu)} was late by ${say(most.growth.total)}`);
  }

  addThrottling(): void {
    const { throttled, throttlings } = this.#clocked.vitals;
    const time = throttled.growthIn(this.#from, this.#to);
    const times = throttlings.growthIn(this.#from, this.#to);
    const growth = time ?? times;
    if (!growth) return;
    const counted = times === null ? '' : `, ${String(Math.round(times.total))} times`;
    const length = time === null ? '' : ` for ${say(time.total)}`;
    this.#add(growth, `the sender’s control group was kept from running${length}${counted}`);
  }

  /** CPUs that were away for half of the part and more, the longest first. */
  #largest(series: ReadonlyMap<number, CounterSeries>): { cpu: number; growth: Growth }[] {
    const { cpu: own, ns } = this.#piece;
    return [...series]
      .filter(([cpu]) => own === null || cpu === own)
      .flatMap(([cpu, one]) => {
        const growth = one.growthIn(this.#from, this.#to);
        return growth && growth.grown >= STOLEN_SHARE * ns ? [{ cpu, growth }] : [];
      })
      .sort((a, b) => b.growth.grown - a.growth.grown);
  }

  #add({ fromLine, toLine, from, to }: Growth, text: string): void {
    this.all.push({
      input: this.#clocked.path,
      line: toLine,
      time: this.#clocked.toReference(to),
      text: `${text} in the ${say(to - from)} since line ${String(fromLine)}`,
    });
  }
}

const say = (ns: number): string => formatDuration(BigInt(Math.round(ns)));
