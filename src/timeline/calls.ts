/** What is known about system calls by name; sysdig's names, both lanes. */

/** Waits an event loop sleeps in on purpose (keepalived: epoll_wait, before 2018 select). */
const LOOP_WAITS = new Set(['epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'select', 'pselect6', 'poll', 'ppoll']);

/**
 * How sure it is that a wait is the event loop's own: a thread that uses epoll does not loop on poll. A wait of lower rank
 * is a call like any other (a resolver's poll, a delay made with select).
 *
 * @returns 0 for calls that are no wait
 */
export const loopRank = (name: string): number => {
  if (!LOOP_WAITS.has(name)) return 0;
  return name.startsWith('epoll') ? 3 : name.includes('select') ? 2 : 1;
};

/** Calls that do not sleep: off the CPU inside one of them means preempted, not waiting. */
const NEVER_SLEEPS = new Set([
  'clock_gettime', 'clock_getres', 'gettimeofday', 'time', 'getpid', 'getppid', 'gettid', 'getuid', 'geteuid', 'getgid',
  'getegid', 'timerfd_settime', 'timerfd_gettime', 'timer_settime', 'lseek', 'rt_sigaction', 'rt_sigprocmask',
  'rt_sigreturn', 'sched_yield', 'sched_getaffinity', 'sched_setaffinity', 'getrusage', 'times', 'uname', 'epoll_ctl',
  'getrandom', 'umask', 'prlimit', 'getrlimit', 'setrlimit', 'getsockname', 'getsockopt', 'setsockopt', 'dup', 'dup2',
]); // prettier-ignore

const SENDS = new Set(['sendmsg', 'sendto', 'sendmmsg', 'send']);
const RECEIVES = new Set(['recvmsg', 'recvfrom', 'recvmmsg', 'recv', 'read', 'readv']);
const WRITES = new Set(['write', 'writev', 'pwrite', 'pwrite64', 'pwritev']);
const KILLS = new Set(['kill', 'tkill', 'tgkill']);
const CLONES = new Set(['clone', 'clone3', 'fork', 'vfork']);
const CLOCK_SETS = new Set(['clock_settime', 'settimeofday', 'stime', 'adjtimex', 'clock_adjtime']);

/** A thread is put on a run queue, or about to be; recorders name the row after the kernel's tracepoints. */
const WAKE_UPS = new Set(['sched_wakeup', 'sched_waking', 'sched_wakeup_new', 'wakeup']);

/** Rows a recorder has each CPU write at regular intervals, whoever runs there: evidence that the CPU does, and of nothing else. */
export const HEARTBEAT = 'heartbeat';

/** Rows that are no system call: they open nothing and end nothing. */
const NOT_CALLS = new Set([
  'page_fault', 'sysdigevent', 'scapevent', 'procinfo', 'notification', 'infra', 'container', 'cpu_hotplug', 'mesos',
  'k8s', 'tracer', 'pluginevent', 'userevent', 'asyncevent', 'NA', 'irq', 'softirq',
]); // prettier-ignore

export type CallClass =
  | 'switch'
  | 'wake-up'
  | 'heartbeat'
  | 'loop-wait'
  | 'never-sleeps'
  | 'send'
  | 'receive'
  | 'write'
  | 'kill'
  | 'ptrace'
  | 'signal'
  | 'exit'
  | 'clone'
  | 'clock-set'
  | 'drop'
  | 'not-a-call'
  | 'other';

/** The class of an event type by its sysdig name. */
export const classifyCall = (name: string): CallClass => {
  if (name === 'switch') return 'switch';
  if (LOOP_WAITS.has(name)) return 'loop-wait';
  if (SENDS.has(name)) return 'send';
  if (RECEIVES.has(name)) return 'receive';
  if (WRITES.has(name)) return 'write';
  if (KILLS.has(name)) return 'kill';
  if (name === 'ptrace') return 'ptrace';
  if (name === 'signaldeliver') return 'signal';
  if (name === 'procexit') return 'exit';
  if (CLONES.has(name)) return 'clone';
  if (CLOCK_SETS.has(name)) return 'clock-set';
  if (name === 'drop') return 'drop';
  if (name === HEARTBEAT) return 'heartbeat';
  if (WAKE_UPS.has(name)) return 'wake-up';
  if (NOT_CALLS.has(name)) return 'not-a-call';
  return NEVER_SLEEPS.has(name) ? 'never-sleeps' : 'other';
};
