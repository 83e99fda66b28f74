/** The same log in other forms, as other programs would have written it. */
import { readFileSync } from 'node:fs';
import { readKeepalivedLog } from '../../../src/sources/keepalived-log/index.js';
import { CounterTable, type Counter } from '../../../src/model/counters.js';
import type { KeepalivedLog } from '../../../src/model/keepalived-log.js';

/** A message and when it was written (ns since 1970). */
export interface Said {
  readonly ns: bigint;
  readonly ident: string;
  readonly pid: number;
  readonly message: string;
}

const LINE = /^(\d+)\.(\d{6}) \S+ ([^[ ]+)\[(\d+)\]: (.*)$/;

/** What is in a log as `journalctl -o short-unix` writes it. */
export const parseShortUnix = (path: string): Said[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line): Said[] => {
      const found = LINE.exec(line);
      if (!found) return [];
      const [, seconds = '', micros = '', ident = '', pid = '', message = ''] = found;
      return [{ ns: BigInt(seconds + micros) * 1000n, ident, pid: Number(pid), message }];
    });

const two = (value: number): string => String(value).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Date and time of day of a time, so many minutes ahead of UTC. */
const parts = (
  ns: bigint,
  ahead: number,
): { date: Date; month: string; day: string; clock: string; fraction: string } => {
  const date = new Date(Number(ns / 1_000_000n) + ahead * 60_000);
  return {
    date,
    month: MONTHS[date.getUTCMonth()]!,
    day: String(date.getUTCDate()).padStart(2, ' '),
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
    fraction: String(ns % 1_000_000_000n).padStart(9, '0'),
  };
};

const zone = (ahead: number): string =>
  `${ahead < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;

const iso = (ns: bigint, ahead: number): string => {
  const { date, clock, fraction } = parts(ns, ahead);
  return `${date.toISOString().slice(0, 10)}T${clock}.${fraction.slice(0, 6)}${zone(ahead)}`;
};

const plain = (ns: bigint, ahead: number, withFraction = false): string => {
  const { date, month, day, clock, fraction } = parts(ns, ahead);
  return `${DAYS[date.getUTCDay()]!} ${month} ${day} ${clock}${withFraction ? `.${fraction}` : ''} ${String(date.getUTCFullYear())}`;
};

/** Writers of one line, for a clock so many minutes ahead of UTC; `local`: the line does not say how many. */
export const FORMS: Readonly<
  Record<
    string,
    { readonly local: boolean; readonly resolution: number; readonly write: (said: Said, ahead: number) => string }
  >
> = {
  'RFC 3164': {
    local: true,
    resolution: 1e9,
    write: ({ ns, ident, pid, message }, ahead) => {
      const { month, day, clock } = parts(ns, ahead);
      return `${month} ${day} ${clock} lb01 ${ident}[${String(pid)}]: ${message}`;
    },
  },
  'RFC 3164 on the log socket': {
    local: true,
    resolution: 1e9,
    write: ({ ns, ident, pid, message }, ahead) => {
      const { month, day, clock } = parts(ns, ahead);
      return `<30>${month} ${day} ${clock} ${ident}[${String(pid)}]: ${message}`;
    },
  },
  'RFC 5424': {
    local: false,
    resolution: 1e3,
    write: ({ ns, ident, pid, message }, ahead) =>
      `<30>1 ${iso(ns, ahead)} lb01 ${ident} ${String(pid)} - [x@1 a="]\\""] ${message}`,
  },
  ISO: {
    local: false,
    resolution: 1e3,
    write: ({ ns, ident, pid, message }, ahead) => `${iso(ns, ahead)} lb01 ${ident}[${String(pid)}]: ${message}`,
  },
  'keepalived -l': {
    local: true,
    resolution: 1e9,
    write: ({ ns, message }, ahead) => `${plain(ns, ahead)}: ${message}`,
  },
  'keepalived -g': {
    local: true,
    resolution: 1,
    write: ({ ns, message }, ahead) => `${plain(ns, ahead, true)}: ${message}`,
  },
  'docker logs -t': {
    local: false,
    resolution: 1e3,
    write: ({ ns, message }, ahead) => `${iso(ns, 0).replace('+00:00', 'Z')} ${plain(ns, ahead)}: ${message}`,
  },
  'docker compose logs': {
    local: true,
    resolution: 1e9,
    write: ({ ns, message }, ahead) => `keepalived-1  | ${plain(ns, ahead)}: ${message}`,
  },
  'json-file': {
    local: false,
    resolution: 1e3,
    write: ({ ns, message }, ahead) =>
      JSON.stringify({
        log: `${plain(ns, ahead)}: ${message}\n`,
        stream: 'stderr',
        time: iso(ns, 0).replace('+00:00', 'Z'),
      }),
  },
  CRI: {
    local: false,
    resolution: 1e3,
    write: ({ ns, message }, ahead) => `${iso(ns, 0)} stderr F ${plain(ns, ahead)}: ${message}`,
  },
  'journalctl -o json': {
    local: false,
    resolution: 1e3,
    write: ({ ns, ident, pid, message }) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: String(ns / 1000n),
        _HOSTNAME: 'lb01',
        SYSLOG_IDENTIFIER: ident,
        SYSLOG_PID: String(pid),
        MESSAGE: pid % 2 === 0 ? [...Buffer.from(message)] : message,
      }),
  },
};

/** Read a log from text, cut into chunks of so many bytes. */
export const readText = async (
  text: string | Uint8Array,
  near = 1_795_000_000_000_000_000n,
  chunk = 1 << 16,
): Promise<{ log: KeepalivedLog; counters: Counter[] }> => {
  const bytes = Buffer.from(text as string);
  // eslint-disable-next-line @typescript-eslint/require-await
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  const counters = new CounterTable();
  const log = await readKeepalivedLog(chunks(), near, counters);
  return { log, counters: counters.list() };
};

/** What a log tells, without its times. */
export const sayings = ({ daemons }: KeepalivedLog): string[] =>
  daemons.flatMap(({ events }) => events.map(({ kind, instance, text }) => `${kind} ${instance ?? '-'} ${text}`));
