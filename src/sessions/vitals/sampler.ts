import { release } from 'node:os';
import { ClockOffset } from './clock-offset.js';
import { parseAllowedCpus } from './cpu-list.js';
import { HEARTBEAT_MS, Heartbeats } from './heartbeats.js';
import { InterfaceWatch } from './interface-watch.js';
import { KeptFile } from './kept-file.js';
import { MachineCounters } from './machine-counters.js';
import type { SamplerOptions } from './options.js';
import { OwnCost } from './own-cost.js';
import { SenderWatch } from './sender-watch.js';

/** Why a recording ended: a signal's name, or that who started it is gone. */
export type EndReason = NodeJS.Signals | 'stdin-closed' | 'asked';

/** Makes the samples; when and where to is not its business. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #clock = new ClockOffset();
  readonly #machine = new MachineCounters();
  readonly #sender: SenderWatch;
  readonly #interfaces: InterfaceWatch;
  readonly #heartbeats: Heartbeats;
  readonly #allowedCpus: number;
  readonly #cost = new OwnCost();
  #samples = 0;

  private constructor(options: SamplerOptions, heartbeats: Heartbeats, allowedCpus: number) {
    this.#options = options;
    this.#heartbeats = heartbeats;
    this.#allowedCpus = allowedCpus;
    this.#sender = new SenderWatch(options.sender);
    this.#interfaces = new InterfaceWatch(options.interfaces, options.sender.netns === undefined);
  }

  /** Get everything ready, which takes some 0.1 s. What cannot be had is done without. */
  static async start(options: SamplerOptions): Promise<Sampler> {
    const status = new KeptFile('/proc/self/status');
    const cpus = parseAllowedCpus(status.read() ?? '');
    status.close();
    return new Sampler(options, await Heartbeats.start(cpus), cpus.length);
  }

  /** One line, without its end (docs/inputs.md, "Vitals"). The first one tells of the recording as well. */
  sample(): string {
    return JSON.stringify(this.#take({}));
  }

  /** The last line: a sample that tells why and how the recording ended as well. */
  close(reason: EndReason, dropped: number): string {
    const { average, children } = this.#cost.summary();
    const line = JSON.stringify(
      this.#take({
        closing: {
          reason,
          samples: this.#samples + 1,
          lines_dropped: dropped,
          cpu_share: average,
          children_ns: children,
        },
      }),
    );
    this.#heartbeats.stop();
    this.#sender.close();
    this.#interfaces.close();
    return line;
  }

  /** The time is taken first, and written as it is on the wall clock as the looks at the clocks since then have it. */
  #take(closing: object): object {
    const at = process.hrtime.bigint();
    const nowMs = Number(at / 1_000_000n);
    const isFirst = this.#samples++ === 0;
    this.#clock.look();
    const machine = this.#machine.sample(nowMs);
    this.#clock.look();
    const sender = this.#sender.sample(nowMs);
    this.#clock.look();
    const interfaces = this.#interfaces.sample(this.#sender.sender, nowMs);
    const heartbeat = this.#heartbeats.take();
    this.#clock.look();
    const offset = this.#clock.read();
    return {
      ns: String(at + offset.ns),
      clock: 'realtime',
      ...(isFirst ? { about: this.#about(), missing: this.#missing() } : {}),
      ...machine,
      sender,
      ...interfaces,
      ...(Object.keys(heartbeat).length === 0 ? {} : { heartbeat }),
      offset: { ns: String(offset.ns), within_ns: offset.within, steps: offset.steps },
      cost_ns: this.#cost.since(),
      ...closing,
    };
  }

  #about(): object {
    const { everyMs, sender, interfaces } = this.#options;
    return {
      format: 1,
      every_ms: everyMs,
      kernel: release(),
      node: process.version,
      pid: process.pid,
      looked_for: { netns: sender.netns ?? null, process: sender.process ?? null, interfaces },
      heartbeat: { every_ms: HEARTBEAT_MS, cpus: this.#heartbeats.cpus, of: this.#allowedCpus },
      start_cost_ns: this.#cost.since(),
    };
  }

  #missing(): string[] {
    const isPoor = this.#allowedCpus > 0 && this.#heartbeats.cpus.length === 0;
    return [...this.#machine.missing, ...(isPoor ? ['heartbeat'] : [])];
  }
}
