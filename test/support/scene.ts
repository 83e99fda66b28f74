/** A constructed recording: a machine, its senders, two captures; and its analysis. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
import { requestOf, type AnalyzeRequest } from '../../src/model/request.js';
import { captureOf, routerOf, Sender, type Router, type SentPacket } from './build-sender.js';
import { Machine, MS, S, US } from './build-trace.js';

export interface SceneOptions {
  /** 'far' alone leaves the sender's capture out. */
  readonly captures?: 'both' | 'none' | 'far';
  /** What the trace covers, ns from BASE. */
  readonly traceFrom?: number;
  readonly traceTo?: number;
  /** How far the receiver's clock is ahead, ns. */
  readonly farClock?: bigint;
  /** Captures in the wrong order. */
  readonly reversed?: boolean;
  readonly request?: Partial<AnalyzeRequest>;
}

export class Scene {
  readonly machine = new Machine();
  /** Packets of the sender, and of others at the receiver. */
  readonly packets: SentPacket[] = [];
  readonly others: SentPacket[] = [];
  readonly sender: Sender;
  readonly router: Router;
  end = 0;

  constructor(router: Partial<Router> = {}, options: ConstructorParameters<typeof Sender>[2] = {}) {
    this.router = routerOf(router);
    this.sender = new Sender(this.machine, this.packets, options);
    this.sender.due = 300 * MS;
  }

  /** Undisturbed cycles. */
  calm(count: number): this {
    this.sender.cycle(this.router, count);
    return this;
  }

  /** What a backup sends, as the receiver sees it. */
  hear(router: Router, at: number, priority = router.priority): void {
    this.others.push({ at, router, destination: router.destinations[0]!, priority, id: 5000 + this.others.length });
  }

  async analyze(options: SceneOptions = {}): Promise<Answer> {
    const end = (this.end > 0 ? this.end : this.sender.clock) + 400 * MS;
    const scratch = mkdtempSync(join(tmpdir(), 'whylate-scene-'));
    try {
      const trace = join(scratch, 'trace.jsonl');
      const from = options.traceFrom ?? 0;
      writeFileSync(trace, `${this.machine.lines(from, options.traceTo ?? end).join('\n')}\n`);
      const near = join(scratch, 'near.pcap');
      const far = join(scratch, 'far.pcap');
      writeFileSync(near, captureOf([...this.packets, ...this.others], 5 * US));
      writeFileSync(far, captureOf([...this.packets, ...this.others], 60 * US, options.farClock ?? 0n));
      const sender = { name: 'sender', path: near };
      const receiver = { name: 'receiver', path: far };
      const captures = {
        both: options.reversed ? [receiver, sender] : [sender, receiver],
        none: [],
        far: [receiver],
      }[options.captures ?? 'both'];
      return await analyze(requestOf({ traces: [trace], captures, ...options.request }));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

export const allLate = (answer: Answer): LateAdvertisement[] => answer.instances.flatMap(({ late }) => late);

/** Threads that take part in many scenes. */
export const BASH = { tid: 700, comm: 'bash' } as const;

export { MS, S, US };
