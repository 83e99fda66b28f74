/** Linux' signals of most machines (signal(7)), from 1. */
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** `19(SIGSTOP)`; a signal without a name there is `0(SIGRT_4)`. */
export const printSignal = (name: string): string => {
  const short = /^SIG([A-Z\d]+)/.exec(name)?.[1];
  if (short === undefined) return /^\d{1,3}$/.exec(name)?.[0] ?? '0';
  return `${String(SIGNALS.indexOf(short) + 1)}(SIG${short})`;
};
