import { readCgroup } from './cgroup.js';
import type { Subject, Survey } from './survey.js';

/** linux/sched.h. */
const POLICIES: Readonly<Record<number, string>> = {
  0: 'other',
  1: 'fifo',
  2: 'rr',
  3: 'batch',
  5: 'idle',
  6: 'deadline',
  7: 'ext',
};

/** Fields of /proc/PID/stat behind the name, which may hold anything (proc_pid_stat(5): field N is at N - 3). */
const statFields = (text: string): string[] =>
  text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');

const readScheduling = async (survey: Survey, pid: number): Promise<boolean> => {
  const text = await survey.read('sender.sched', `/proc/${pid}/stat`);
  if (text === null) return false;
  const fields = statFields(text);
  const number = (field: number): number => Number(fields[field - 3]);
  survey.set('sender.sched.policy', POLICIES[number(41)] ?? `policy ${fields[41 - 3] ?? '?'}`);
  survey.set('sender.sched.rt_priority', number(40));
  survey.set('sender.sched.nice', number(19));
  survey.set('sender.threads_count', number(20));
  return true;
};

const readStatus = async (survey: Survey, pid: number): Promise<void> => {
  const text = (await survey.read('sender.status', `/proc/${pid}/status`)) ?? '';
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1];
  survey.set('sender.sched.cpu_affinity', field('Cpus_allowed_list'));
  const lockedKib = Number(/^\d+/.exec(field('VmLck') ?? '')?.[0] ?? Number.NaN);
  const residentKib = Number(/^\d+/.exec(field('VmRSS') ?? '')?.[0] ?? Number.NaN);
  const swappedKib = Number(/^\d+/.exec(field('VmSwap') ?? '')?.[0] ?? Number.NaN);
  if (Number.isNaN(lockedKib)) return;
  survey.set('sender.memory.locked', lockedKib > 0);
  survey.set('sender.memory.locked_bytes', lockedKib * 1024);
  if (!Number.isNaN(residentKib)) survey.set('sender.memory.resident_bytes', residentKib * 1024);
  if (!Number.isNaN(swappedKib)) survey.set('sender.memory.swapped_bytes', swappedKib * 1024);
};

/** Soft limits; `unlimited` stays a word. */
const LIMITS: Readonly<Record<string, string>> = {
  rttime_us: 'Max realtime timeout',
  rtprio: 'Max realtime priority',
  memlock_bytes: 'Max locked memory',
  nofile: 'Max open files',
};

const readLimits = async (survey: Survey, pid: number): Promise<void> => {
  const text = (await survey.read('sender.rlimit', `/proc/${pid}/limits`)) ?? '';
  for (const [name, label] of Object.entries(LIMITS)) {
    const soft = new RegExp(`^${label}\\s+(\\S+)`, 'm').exec(text)?.[1];
    if (soft !== undefined) survey.set(`sender.rlimit.${name}`, /^\d{1,15}$/.test(soft) ? Number(soft) : soft);
  }
};

/** `/autogroup-12 nice 0` -> 0. */
const autogroupNice = (text: string): number | null => {
  const nice = /nice (-?\d+)/.exec(text)?.[1];
  return nice === undefined ? null : Number(nice);
};

/** How the process that sends advertisements is scheduled and limited; nothing when there is none. */
export const readSender =
  (pid: number | null): Subject =>
  async (survey) => {
    if (pid === null) {
      survey.set('sender.running', false);
      return;
    }
    const there = await readScheduling(survey, pid);
    survey.set('sender.running', there);
    if (!there) return;
    await Promise.all([
      readStatus(survey, pid),
      readLimits(survey, pid),
      readCgroup(survey, pid),
      survey.file('sender.name', `/proc/${pid}/comm`),
      survey.file('sender.oom_score_adj', `/proc/${pid}/oom_score_adj`),
      survey.file('sender.timer_slack_ns', `/proc/${pid}/timerslack_ns`),
      survey.file('sender.sched.autogroup_nice', `/proc/${pid}/autogroup`, autogroupNice),
    ]);
  };
