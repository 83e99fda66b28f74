import { isIP } from 'node:net';
import { displayText } from '../../model/display.js';
import type { LoggedState, LogEventKind, LogSaying } from '../../model/keepalived-log.js';

/** What a message tells besides what is in {@link LogSaying}: of which processes and addresses. */
export interface Told {
  readonly saying: LogSaying | null;
  /** The pid of a VRRP process that its parent started. */
  readonly child: number | null;
  /** A process that ended; whether it was one of keepalived's is known by the pid alone. */
  readonly ended: { readonly pid: number; readonly saying: LogSaying } | null;
  /** An address on an interface of its own. */
  readonly own: string | null;
  /** A process for health checks was started. */
  readonly checkers: boolean;
  /** How often it was written, where the system log says so instead. */
  readonly times: number;
}

const NOTHING: Told = { saying: null, child: null, ended: null, own: null, checkers: false, times: 1 };

const LONGEST_NAME = 64;

/** A name from a configuration, for people. */
const show = (name: string): string =>
  displayText(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);

const say = (kind: LogEventKind, text: string, rest: Partial<LogSaying> = {}): LogSaying => ({
  instance: null,
  state: null,
  address: null,
  overdue: null,
  ...rest,
  kind,
  text,
});

type Groups = readonly (string | undefined)[];
type Reader<Subject> = readonly [RegExp, (subject: Subject, groups: Groups) => LogSaying | null];

const addressIn = (text: string | undefined): string | null =>
  text !== undefined && isIP(text) !== 0 ? text.toLowerCase() : null;

const from = (address: string | null): string => (address === null ? '' : ` from ${address}`);

const instanceSays = (kind: LogEventKind, instance: string, text: string, rest: Partial<LogSaying> = {}): LogSaying =>
  say(kind, `(${show(instance)}) ${text}`, { ...rest, instance });

const enters = (instance: string, state: string | undefined, text: string): LogSaying =>
  instanceSays('state', instance, text, { state: (state ?? '').toUpperCase() as LoggedState });

const rejects = (instance: string, text: string, address: string | undefined): LogSaying =>
  instanceSays('rejected', instance, `${text}${from(addressIn(address))}`, { address: addressIn(address) });

const isRank = (text: string | undefined): boolean => text !== undefined && Number(text) < 256;

/**
 * What keepalived says of a virtual router, after its name. Versions 1.2.7 to 2.4.3 (`keepalived/vrrp/vrrp.c`, `vrrp_scheduler.c`); 1.x
 * said "Transition to MASTER STATE" with the first advertisement, "Entering MASTER STATE" with the second.
 */
const OF_INSTANCE: readonly Reader<string>[] = [
  [
    /^Entering (MASTER|BACKUP|FAULT|INIT) STATE( \(init\))?$/,
    (name, [, state, init = '']) => enters(name, state, `Entering ${state ?? ''} STATE${init}`),
  ],
  [/^Transition to MASTER STATE$/, (name) => enters(name, 'MASTER', 'Transition to MASTER STATE')],
  [/^Now in (FAULT|BACKUP) state$/, (name, [, state]) => enters(name, state, `Now in ${state ?? ''} state`)],
  [
    /^entering FAULT state(?: \(interface (\S{1,64}) down\)| \(src address not configured\))?$/,
    (name, [, link]) =>
      enters(name, 'FAULT', `entering FAULT state${link === undefined ? '' : ` (interface ${show(link)} down)`}`),
  ],
  [/^Receive advertisement timeout$/, (name) => instanceSays('timeout', name, 'Receive advertisement timeout')],
  [/^(?:sent|sending) 0 priority$/, (name) => instanceSays('resigned', name, 'sent 0 priority')],
  [
    /^(?:Backup received priority 0 advertisement|Master received priority 0 (?:or lower priority advert|message))$/,
    (name) => instanceSays('peer-resigned', name, 'received priority 0'),
  ],
  [
    /^Received (?:advert(?: from (\S{1,64}))? with lower priority (\d{1,3}), ours (\d{1,3})|lower prio advert)(?:, (?:forcing new election|but not sending advert))?$/,
    (name, [, address, theirs, ours]) =>
      instanceSays(
        'lower',
        name,
        `Received advert${from(addressIn(address))} with lower priority${isRank(theirs) ? ` ${String(theirs)}, ours ${String(ours)}` : ''}`,
        { address: addressIn(address) },
      ),
  ],
  [
    /^(?:Master received|Received) advert(?: from (\S{1,64}))? with (?:higher priority (\d{1,3}), ours (\d{1,3})|same priority (\d{1,3}) but higher IP address than ours)$/,
    (name, [, address, theirs, ours, same]) =>
      instanceSays(
        'higher',
        name,
        `Master received advert${from(addressIn(address))} with ${same === undefined ? `higher priority ${String(theirs)}, ours ${String(ours)}` : `same priority ${same} but higher IP address than ours`}`,
        { address: addressIn(address) },
      ),
  ],
  [/^Received higher prio advert$/, (name) => instanceSays('higher', name, 'Received higher prio advert')],
  [
    /^received lower priority \((\d{1,3})\) advert from (\S{1,64}) - discarding$/,
    (name, [, theirs, address]) =>
      instanceSays(
        'discarded',
        name,
        `received lower priority (${String(theirs)}) advert${from(addressIn(address))} - discarding`,
        { address: addressIn(address) },
      ),
  ],
  [
    /^received an invalid passwd(?: from (\S{1,64}))?!$/,
    (name, [, address]) => rejects(name, 'received an invalid password', address),
  ],
  [
    /^(?:received a (?:\d{1,3}) auth(?: from (\S{1,64}))?, expecting \d{1,3}!|Invalid auth type(?: from (\S{1,64}))?: \d{1,3}|(?:Received AH header but auth type not AH|No AH header but auth type is AH)(?: from (\S{1,64}))?)$/,
    (name, [, a, b, c]) => rejects(name, 'received another kind of authentication', a ?? b ?? c),
  ],
  [
    /^Invalid (VRRPv[23]) checksum(?: from (\S{1,64}))?$/,
    (name, [, version, address]) => rejects(name, `Invalid ${version ?? ''} checksum`, address),
  ],
  [
    /^(?:invalid TTL\/HL|wrong (?:VRRP )?version|Invalid packet type)(?:\.? from (\S{1,64})\.|\.)/,
    (name, [, address]) => rejects(name, 'received a packet with a wrong TTL, version or type', address),
  ],
  [
    /^advertisement interval mismatch(?: with (\S{1,64}))? (?:mine|ours) ?= ?(\d{1,6})/,
    (name, [, address, ours]) => rejects(name, `advertisement interval mismatch, ours ${String(ours)}`, address),
  ],
  [
    /^(?:received an (?:unexpected|invalid) ip number count \d{1,3}, expected \d{1,3}!|expected \d{1,3} VIPs but received \d{1,3})$/,
    (name) => rejects(name, 'received another number of addresses than configured', undefined),
  ],
  [
    /^ip address associated with VRID ?(\d{1,3}) not present in (?:MASTER advert|received packet) ?: ?(\S{1,64})/,
    (name, [, vrid]) => rejects(name, `an address of VRID ${String(vrid)} is not in the advert received`, undefined),
  ],
  [
    /^send advert error (\d{1,4})(?: \(([A-Za-z ]{1,60})\))?$/,
    (name, [, errno, words]) =>
      instanceSays(
        'send-failed',
        name,
        `send advert error ${String(errno)}${words === undefined ? '' : ` (${words})`}`,
      ),
  ],
  [
    /^Cant sen[dt] advert to (\S{1,64}) \(([A-Za-z ]{1,60})\)$/,
    (name, [, address, words]) =>
      instanceSays('send-failed', name, `Cant send advert to ${addressIn(address) ?? 'a peer'} (${words ?? ''})`),
  ],
];

const overdueOf = (seconds: string | undefined, digits: string | undefined): number =>
  Math.round(Number(`${seconds ?? '0'}.${digits ?? '0'}`) * 1e9);

/** What keepalived says of itself (`core/main.c`, `lib/scheduler.c`, `lib/signals.c`, `vrrp/vrrp_daemon.c`). */
const OF_PROCESS: readonly Reader<null>[] = [
  [
    /^A thread timer expired (\d{1,6})\.(\d{6}) seconds ago$/,
    (_, [, seconds, digits]) =>
      say('timer', `A thread timer expired ${String(seconds)}.${String(digits)} seconds ago`, {
        overdue: overdueOf(seconds, digits),
      }),
  ],
  [
    /^VRRP thread timer expired (\d{1,6})\.(\d{6}) seconds ago$/,
    (_, [, seconds, digits]) =>
      say('timer', `VRRP thread timer expired ${String(seconds)}.${String(digits)} seconds ago`, {
        overdue: overdueOf(seconds, digits),
      }),
  ],
  [
    /^Starting (Keepalived) v|^Starting (VRRP child process), pid=\d/,
    (_, [, main, child]) => say('starting', `Starting ${main ?? child ?? ''}`),
  ],
  [/^Stopping(?: Keepalived v\S{1,20}.*)?$/, () => say('stopping', 'Stopping')],
  [/^(?:Stopped Keepalived v|Stopped - used |Stopped$)/, () => say('stopped', 'Stopped')],
  [
    /^VRRP child process ?\((\d{1,10})\) died: (Respawning|Exiting)$/,
    (_, [, pid, what]) => say('died', `VRRP child process(${String(pid)}) died: ${String(what)}`),
  ],
  [
    /^Restart of VRRP process delayed (\d{1,6}) seconds to limit respawn rate$/,
    (_, [, seconds]) => say('delayed', `Restart of VRRP process delayed ${String(seconds)} seconds`),
  ],
  [/^Reloading(?: \.\.\.)?$/, () => say('reloading', 'Reloading')],
  [/^Reload (?:complete|finished in \d)/, () => say('reloaded', 'Reload complete')],
  [/^VRRP process has used too much CPU time/, () => say('cpu-time', 'VRRP process has used too much CPU time')],
  [
    /^Netlink reports (\S{1,64}) (up|down)$/,
    (_, [, link, what]) => say('link', `Netlink reports ${show(link ?? '')} ${String(what)}`),
  ],
  [
    /^Netlink: Receive buffer overrun on (\w{1,20}) socket/,
    (_, [, socket]) => say('link', `Netlink: Receive buffer overrun on ${String(socket)} socket`),
  ],
  [
    /^bogus VRRP packet received on (\S{1,64}) !!!$/,
    (_, [, link]) => say('rejected', `bogus VRRP packet received on ${show(link ?? '')}`),
  ],
  [/^receive an invalid passwd!$/, () => say('rejected', 'received an invalid password')],
  [/^Invalid vrrp checksum$/, () => say('rejected', 'Invalid VRRP checksum')],
];

/** `(VI_1) message`, `(VI_1): message`, `VRRP_Instance(VI_1) message`. */
const NAMED = /^(?:VRRP_Instance)?\(([^()]{1,255})\):? (.*)$/;
const REPEATED = /^message repeated (\d{1,6}) times: \[ ?(.*)\]$/;
const CHILD = /^Starting (VRRP|Healthcheck|BFD) child process, pid=(\d{1,10})$/;
const ENDED = /^pid (\d{1,10}) exited (?:due to signal (\d{1,3})|with status \d{1,3})/;
const ASSIGNED = /^Assigned address (\S{1,64}) for interface /;

/** What a message of keepalived tells. What is not known is not shown: a message may hold anything a configuration does. */
export const readMessage = (text: string): Told => {
  const message = text.trim();
  const repeated = REPEATED.exec(message);
  if (repeated) return { ...readOne(repeated[2] ?? ''), times: Number(repeated[1]) };
  return readOne(message);
};

const readOne = (message: string): Told => {
  const named = NAMED.exec(message);
  if (named) {
    const [, name = '', rest = ''] = named;
    return { ...NOTHING, saying: match(OF_INSTANCE, name, rest) };
  }
  const child = CHILD.exec(message);
  const ended = ENDED.exec(message);
  return {
    ...NOTHING,
    saying: child && child[1] !== 'VRRP' ? null : match(OF_PROCESS, null, message),
    child: child?.[1] === 'VRRP' ? Number(child[2]) : null,
    checkers: child?.[1] === 'Healthcheck',
    ended: ended ? { pid: Number(ended[1]), saying: processEnded(ended[1] ?? '', ended[2]) } : null,
    own: addressIn(ASSIGNED.exec(message)?.[1]),
  };
};

const match = <Subject>(readers: readonly Reader<Subject>[], subject: Subject, text: string): LogSaying | null => {
  for (const [pattern, read] of readers) {
    const found = pattern.exec(text);
    if (found) return read(subject, found);
  }
  return null;
};

const processEnded = (pid: string, signal: string | undefined): LogSaying =>
  say('died', `pid ${pid} exited${signal === undefined ? '' : ` due to signal ${signal}`}`);

const WATCHDOG = /^(?:\[[^\]]{0,40}\] ?)?(RT|CPU) Watchdog Timeout \((soft|hard)\): keepalived\[(\d{1,10})\]/;
const OUT_OF_MEMORY = /(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process (\d{1,10}) \(keepalived\)/;
const STEPPED = /^System clock was stepped by (-?\d{1,10}\.\d{1,9}) seconds/;

/** What other programs say that matters here: the kernel of keepalived's end, systemd and chrony of the clock. */
export const readOthersMessage = (ident: string, message: string): LogSaying | null => {
  if (ident === 'kernel') {
    const watchdog = WATCHDOG.exec(message);
    if (watchdog)
      return say('cpu-time', `kernel: ${watchdog[1] ?? ''} Watchdog Timeout (${watchdog[2] ?? ''}): keepalived`);
    if (OUT_OF_MEMORY.test(message)) return say('killed', 'kernel: Out of memory: Killed process (keepalived)');
    return null;
  }
  if (/^systemd(?:-\w{1,20})?$/.test(ident) && /^(?:Time has been changed|Clock change detected)/.test(message))
    return say('clock-set', `${ident}: Time has been changed`);
  if (ident !== 'chronyd') return null;
  const stepped = STEPPED.exec(message);
  return stepped ? say('clock-set', `chronyd: System clock was stepped by ${stepped[1] ?? ''} seconds`) : null;
};
