/**
 * A failure of the program itself in one line. The text of the error is left out: a parser's message may quote its
 * input, and inputs hold secrets. Of errors from the system the code tells enough.
 *
 * @param withStack every frame of the stack as well
 */
export const describeFailure = (error: unknown, withStack: boolean): string => {
  if (!(error instanceof Error)) return 'the program failed without saying why; please report it';
  if ('syscall' in error && 'code' in error && typeof error.code === 'string') {
    const path = 'path' in error && typeof error.path === 'string' ? ` on ${error.path}` : '';
    return `${String(error.syscall)}${path} failed with ${error.code}; see what the system says about it and try again`;
  }
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const shown = withStack ? frames : frames.slice(0, 1);
  const todo = withStack ? 'please report it' : 'please report it with what WHYLATE_DEBUG=1 adds';
  return `the program failed: ${error.name} ${shown.join(' ')}; ${todo}`;
};
