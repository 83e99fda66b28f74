import type { LateAdvertisement } from '../../../src/model/answer.js';
import type { CpuSpan, Picture } from '../../../src/model/picture.js';
import type { AnswerReport } from '../../../src/model/report.js';
import { answerOf, instanceOf, late, START_NS } from '../builders.js';

export const MS = 1_000_000;
const SECOND = 1000 * MS;

export const busy = (process: string | null, from: number, to: number, more: Partial<CpuSpan> = {}): CpuSpan => ({
  from,
  to,
  kind: 'busy',
  process,
  tid: process === null ? null : process.length,
  ns: to - from,
  ...more,
});

export const idle = (from: number, to: number): CpuSpan => busy(null, from, to, { kind: 'idle', ns: 0 });

/** A picture of two seconds, in which a CPU had one process for the second after the first. */
export const pictureOf = (more: Partial<Picture> = {}): Picture => ({
  late: null,
  fromNs: String(START_NS),
  length: 2 * SECOND,
  hidden: 0,
  due: SECOND,
  masterDown: 3609 * MS,
  cpus: [{ cpu: 0, spans: [idle(0, SECOND), busy('hog', SECOND, 2 * SECOND)] }],
  sender: [
    { from: 0, to: SECOND, kind: 'asleep', state: null, syscall: 'epoll_wait' },
    { from: SECOND, to: 2 * SECOND, kind: 'away', state: 'ready', syscall: null },
  ],
  packets: [
    { which: 'previous', point: 'send', at: 0 },
    { which: 'late', point: 'send', at: 2 * SECOND },
  ],
  takeovers: [],
  ...more,
});

/** A second late since `hog` had the CPU; the one before left at START + 10 s x index. */
export const contendedLate = (index = 0, process = 'hog'): LateAdvertisement =>
  late({
    index,
    cause: 'cpu-contention',
    parts: [['ready', BigInt(SECOND), { process, cpu: 0 }]],
    summary: `keepalived was ready for 1 s; ${process} had its CPU.`,
    culprit: { process, pid: 7, tid: 7 },
  });

/** The picture of {@link contendedLate}. */
export const contendedPicture = (index = 0, more: Partial<Picture> = {}): Picture =>
  pictureOf({
    late: `205-ipv4-192.168.205.8-${String(index)}`,
    fromNs: String(START_NS + BigInt(index) * 10_000_000_000n),
    ...more,
  });

/** A report of pictures, with one instance; its late advertisements are `lates`. */
export const reportWith = (pictures: readonly Picture[], lates: LateAdvertisement[] = []): AnswerReport => ({
  answer: answerOf([instanceOf(lates)]),
  gaps: [],
  pictures,
});
