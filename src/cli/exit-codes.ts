/** The exit codes of the contract. */
export const EXIT = {
  answered: 0,
  failure: 1,
  usage: 2,
  unusableInput: 3,
  failOn: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code that counts when several apply: the lowest; 0 when none does. */
export const chooseExitCode = (applying: readonly ExitCode[]): ExitCode =>
  applying.reduce<ExitCode | null>((lowest, code) => (lowest === null || code < lowest ? code : lowest), null) ??
  EXIT.answered;
