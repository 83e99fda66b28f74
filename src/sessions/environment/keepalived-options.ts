/** What keepalived's command line says that matters here; the paths are for reading, not for showing. */
export interface KeepalivedOptions {
  /** Null: /etc/keepalived/keepalived.conf. */
  readonly configFile: string | null;
  /** Null: the machine's name up to its first dot. */
  readonly configId: string | null;
  readonly logConsole: boolean;
  readonly logDetail: boolean;
  /** `0` to `7`, `local0`, `user`, `daemon`; null is daemon. */
  readonly logFacility: string | null;
  readonly logFile: string | null;
  readonly flushLogFile: boolean;
  readonly noSyslog: boolean;
  readonly dontRespawn: boolean;
  readonly snmp: boolean;
}

/** Short options that take a value (keepalived(8)); behind any of them the rest of the word is the value. */
const WITH_VALUE = new Set('fgSprcbsiAu');
const LONG_WITH_VALUE = new Set([
  'use-file',
  'log-file',
  'log-facility',
  'pid',
  'vrrp_pid',
  'checkers_pid',
  'bfd_pid',
  'namespace',
  'config-id',
  'snmp-agent-socket',
  'umask',
]);
const LONG_NAMES: Readonly<Record<string, string>> = {
  'use-file': 'f',
  'log-console': 'l',
  'log-detail': 'D',
  'log-facility': 'S',
  'log-file': 'g',
  'no-syslog': 'G',
  'dont-respawn': 'R',
  'config-id': 'i',
  snmp: 'x',
};

/** Every option, by its short name where it has one, with its value. */
const collectOptions = (args: readonly string[]): Map<string, string> => {
  const options = new Map<string, string>();
  for (let at = 1; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      const takesNext = LONG_WITH_VALUE.has(name) && value.length === 0;
      options.set(LONG_NAMES[name] ?? name, takesNext ? (args[++at] ?? '') : value.join('='));
    } else if (word.startsWith('-')) {
      for (let letter = 1; letter < word.length; letter++) {
        const name = word[letter] ?? '';
        if (!WITH_VALUE.has(name)) {
          options.set(name, '');
          continue;
        }
        const rest = word.slice(letter + 1);
        options.set(name, rest === '' ? (args[++at] ?? '') : rest);
        break;
      }
    }
  }
  return options;
};

/** @param args as `/proc/PID/cmdline` has them, the program first */
export const parseKeepalivedOptions = (args: readonly string[]): KeepalivedOptions => {
  const options = collectOptions(args);
  return {
    configFile: options.get('f') ?? null,
    configId: options.get('i') ?? null,
    logConsole: options.has('l'),
    logDetail: options.has('D'),
    logFacility: options.get('S') ?? null,
    logFile: options.get('g') ?? null,
    flushLogFile: options.has('flush-log-file'),
    noSyslog: options.has('G'),
    dontRespawn: options.has('R'),
    snmp: options.has('x'),
  };
};
