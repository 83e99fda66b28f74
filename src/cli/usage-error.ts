/** A command line that cannot be meant: what is wrong with it and what to write. The command exits with 2 on it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
