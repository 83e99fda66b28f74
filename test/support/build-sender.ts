/** A constructed keepalived on a constructed machine: its loop row by row, and the packets it sends. */
import type { Machine } from './build-trace.js';
import { BASE, MS, S, US, type Thread } from './build-trace.js';
import { ethernet, ipv4, ipv6, LINK_LOCAL, pcap, vrrp2, vrrp3 } from '../sources/capture/packet-builder.js';

/** One virtual router as its packets and socket tell of it. */
export interface Router {
  readonly vrid: number;
  readonly priority: number;
  readonly version: 2 | 3;
  readonly family: 'ipv4' | 'ipv6';
  readonly source: string;
  /** Several for unicast peers. */
  readonly destinations: readonly string[];
  /** ns. */
  readonly interval: number;
  readonly fd: number;
}

export const routerOf = (parts: Partial<Router> = {}): Router => ({
  vrid: 51,
  priority: 150,
  version: 2,
  family: 'ipv4',
  source: '10.0.0.8',
  destinations: ['224.0.0.18'],
  interval: S,
  fd: 13,
  ...parts,
});

export interface SentPacket {
  /** ns from BASE, when it is on the wire. */
  readonly at: number;
  readonly router: Router;
  readonly destination: string;
  readonly priority: number;
  readonly id: number;
}

const printable = (value: number): string => (value > 32 && value < 127 ? String.fromCharCode(value) : '.');

export interface SenderOptions {
  readonly tid?: number;
  readonly comm?: string;
  readonly cpu?: number;
  /** keepalived 1.2 slept in `select`. */
  readonly loop?: 'epoll' | 'select';
}

/** The event loop of one thread. `clock` is its present; every call moves it on. */
export class Sender {
  readonly machine: Machine;
  readonly thread: Thread;
  readonly packets: SentPacket[];
  readonly loop: 'epoll' | 'select';
  cpu: number;
  clock = 0;
  majorFaults = 0;
  /** When the timer fires. */
  due = 0;
  #from = 0;

  constructor(
    machine: Machine,
    packets: SentPacket[],
    { tid = 500, comm = 'keepalived', cpu = 0, loop = 'epoll' }: SenderOptions = {},
  ) {
    this.machine = machine;
    this.thread = { tid, comm };
    this.packets = packets;
    this.cpu = cpu;
    this.loop = loop;
  }

  /** It is given its CPU. */
  comeIn(at: number, cpu = this.cpu): void {
    this.cpu = cpu;
    this.clock = at;
    this.#from = at;
  }

  /** It leaves its CPU now. */
  goOff(): void {
    this.spend(4 * US);
    this.machine.run(this.cpu, this.thread, this.#from, this.clock, this.majorFaults);
  }

  spend(ns: number): void {
    this.clock += ns;
  }

  enter(type: string, info = ''): void {
    this.spend(5 * US);
    this.machine.row(this.clock, this.thread, '>', type, info, this.cpu);
  }

  exit(type: string, info = ''): void {
    this.spend(5 * US);
    this.machine.row(this.clock, this.thread, '<', type, info, this.cpu);
  }

  call(type: string, enter = '', exit = ''): void {
    this.enter(type, enter);
    this.exit(type, exit);
  }

  /** A call it sleeps in until `until`. */
  sleepIn(type: string, enter: string, until: number, exit: string): void {
    this.enter(type, enter);
    this.goOff();
    this.comeIn(until);
    this.exit(type, exit);
  }

  /** Off the CPU outside any call until `until`. */
  awayUntil(until: number, cpu = this.cpu): void {
    this.goOff();
    this.comeIn(until, cpu);
  }

  /** Back from the loop's wait because the timer fired. */
  wake(at = this.due + 60 * US): void {
    this.comeIn(at);
    this.wokenBy('res=1 ');
    if (this.loop === 'select') this.call('gettimeofday');
    else this.call('read', 'fd=5(<t>) size=8 ', 'res=8 data=........ ');
  }

  wokenBy(result: string): void {
    this.exit(this.loop === 'select' ? 'select' : 'epoll_wait', result);
  }

  /** Sends for a router, to every destination; `result` is the exit row's. */
  advertise(router: Router, { priority = router.priority, result = '' } = {}): void {
    for (const destination of router.destinations) {
      this.enter('sendmsg', sendInfo(router, destination));
      this.spend(40 * US);
      this.exit('sendmsg', result === '' ? sentInfo(router, priority) : result);
      if (result === '') this.post(router, destination, priority, this.clock - 20 * US);
    }
  }

  /** A packet leaves the interface at `at`. */
  post(router: Router, destination: string, priority: number, at: number): void {
    this.packets.push({ at, router, destination, priority, id: 1 + this.packets.length });
  }

  /** The timer is armed to fire in `ns` from now. */
  arm(ns: number): void {
    if (this.loop === 'epoll') this.call('timerfd_settime');
    else this.call('gettimeofday');
    this.due = this.clock + ns;
  }

  /** To sleep in the loop. */
  wait(): void {
    if (this.loop === 'select') this.enter('select');
    else this.enter('epoll_wait', 'maxevents=5 ');
    this.goOff();
  }

  /** Undisturbed cycles. */
  cycle(router: Router, count = 1): void {
    for (let i = 0; i < count; i++) {
      this.wake();
      this.advertise(router);
      this.arm(router.interval);
      this.wait();
    }
  }

  /** The rest of a cycle once it runs again. */
  finish(router: Router): void {
    this.advertise(router);
    this.arm(router.interval);
    this.wait();
  }
}

export const sendInfo = ({ fd, source, family }: Router, destination: string): string =>
  family === 'ipv6'
    ? `fd=${String(fd)}(<6r>${source}->${destination}) size=24 tuple=:::112->${destination}:0 `
    : `fd=${String(fd)}(<4r>${source}->${destination}) size=40 tuple=0.0.0.0:112->${destination}:0 `;

const sentInfo = ({ family, version, vrid }: Router, priority: number): string =>
  family === 'ipv6'
    ? `res=24 data=${version === 3 ? '1' : '!'}${printable(vrid)}${printable(priority)}..d.......... `
    : `res=40 data=E..(.....p..........${version === 3 ? '1' : '!'}${printable(vrid)}${printable(priority)}../.....notsecre `;

const packetOf = ({ router, destination, priority, id }: SentPacket): Uint8Array => {
  const { vrid, version, interval, source } = router;
  const payload =
    version === 2
      ? vrrp2({ vrid, priority, seconds: Math.round(interval / S) })
      : vrrp3({
          vrid,
          priority,
          centiseconds: Math.round(interval / (10 * MS)),
          addressBytes: router.family === 'ipv6' ? 16 : 4,
        });
  return router.family === 'ipv6'
    ? ipv6(payload, { source: LINK_LOCAL })
    : ipv4(payload, { id, source, to: destination });
};

/** A capture of these packets, `transit` ns after they left, on a clock that is `clock` ns ahead. */
export const captureOf = (packets: readonly SentPacket[], transit: number, clock = 0n): Uint8Array =>
  pcap(
    [...packets]
      .sort((a, b) => a.at - b.at)
      .map((packet) => {
        const time = BASE + BigInt(Math.round(packet.at + transit)) + clock;
        return {
          seconds: Number(time / BigInt(S)),
          fraction: Number(time % BigInt(S)),
          frame: ethernet(packetOf(packet)),
        };
      }),
    { nanoseconds: true },
  );
