const OPTIONS = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ...['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'],
];

/** A text that a POSIX shell takes as one word with this value. */
export const quote = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A command line that a POSIX shell takes as this program with these arguments. */
export const quoteAll = (argv: readonly string[]): string => argv.map(quote).join(' ');

/** Run a program on another host. ssh hands a text to the shell there, so every argument is quoted. */
export const onHost = (host: string, argv: readonly string[]): string[] => [
  'ssh',
  ...OPTIONS,
  '--',
  host,
  quoteAll(argv),
];

/**
 * The same for a program that runs until it is ended: it gets SIGINT when its input here is closed or the connection is gone, since a signal
 * to ssh does not reach it.
 */
export const onHostUntilClosed = (host: string, argv: readonly string[]): string[] => {
  const script =
    'exec 3<&0; "$@" </dev/null 3<&- & child=$!; { cat <&3 >/dev/null; kill -INT "$child"; } & wait "$child"';
  return onHost(host, ['sh', '-c', script, 'sh', ...argv]);
};
