/** An input that cannot be used: what, where, what to do. The command exits with 3 on it. */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param what what is wrong, in a few words, without data from the input
   * @param where file, and line, packet or byte where known
   * @param todo what the user can do
   */
  constructor(
    readonly what: string,
    readonly where: string,
    readonly todo: string,
  ) {
    super(`${where}: ${what}; ${todo}`);
  }
}
