/** asm-generic/signal.h, from 1: those of x86_64 and aarch64. */
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** A signal as sysdig prints it, from its number: `19(SIGSTOP)`; a real-time signal is its number. */
export const printSignal = (signal: number): string => {
  const name = SIGNALS[signal - 1];
  return `${String(signal)}${name === undefined ? '' : `(SIG${name})`}`;
};

/** The same from its name, or its number as text; a name that is not known is `0(SIGRT_4)`. */
export const printSignalName = (name: string): string => {
  const short = /^SIG([A-Z\d]+)/.exec(name)?.[1];
  if (short === undefined) return /^\d{1,3}$/.exec(name)?.[0] ?? '0';
  return `${String(SIGNALS.indexOf(short) + 1)}(SIG${short})`;
};
