/** What a line tells of its event, whoever wrote it. */
export interface EventHead {
  /** Name of the thread; null where the line does not know it. */
  readonly comm: string | null;
  /** -1 unknown. */
  readonly tid: number;
  /** -1 unknown. */
  readonly cpu: number;
  /** Of the trace's clock, with the ns behind them. */
  readonly seconds: number;
  readonly nanos: number;
  /** Without its system: `sched_switch`, `sys_enter`, `sys_enter_sendmsg`. */
  readonly event: string;
  /** What the event says. */
  readonly body: string;
  /** An interrupt came upon the thread (the line's flags say so); null: not told, or none. */
  readonly interrupt: 'irq' | 'softirq' | null;
}

/** What an event says. */
export type Told =
  | {
      readonly kind: 'switch';
      readonly comm: string;
      readonly tid: number;
      /** As the kernel writes it: `S`, `R+`, `D|K`. */
      readonly state: string;
      readonly nextComm: string;
      readonly nextTid: number;
    }
  | { readonly kind: 'wake-up'; readonly comm: string; readonly tid: number; readonly cpu: number }
  | { readonly kind: 'exit'; readonly comm: string; readonly tid: number }
  | { readonly kind: 'fork'; readonly child: number; readonly childComm: string }
  | { readonly kind: 'exec' }
  | {
      readonly kind: 'signal-sent';
      readonly signal: number;
      /** `si_code`: over 0, the kernel itself has sent it. */
      readonly code: number;
      readonly comm: string;
      readonly tid: number;
    }
  | { readonly kind: 'signal-delivered'; readonly signal: number }
  | {
      readonly kind: 'enter';
      /** Its name, or its number on the machine that was traced. */
      readonly call: string | number;
      /** Hexadecimal, without 0x. */
      readonly args: readonly string[];
    }
  | { readonly kind: 'leave'; readonly call: string | number; readonly result: number };

/** What a line is that tells no event of use. */
export type NoEvent =
  | { readonly kind: 'dull' } // part of the format
  | { readonly kind: 'other' } // an event that says nothing of scheduling, calls or signals
  | { readonly kind: 'broken' } // an event that says so, and not what it should
  | { readonly kind: 'foreign' } // no event at all
  | { readonly kind: 'lost'; readonly events: number | null; readonly cpu: number; readonly head: EventHead | null }
  | { readonly kind: 'lost-in-all'; readonly events: number; readonly share: number | null }
  | { readonly kind: 'machine'; readonly machine: string };

export type LineMeaning = { readonly kind: 'event'; readonly head: EventHead; readonly told: Told } | NoEvent;

export const DULL: NoEvent = { kind: 'dull' };
export const FOREIGN: NoEvent = { kind: 'foreign' };
