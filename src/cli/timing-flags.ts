import { isIPv4, isIPv6 } from 'node:net';
import { parseDuration } from './durations.js';
import { parseWhole } from './flag-values.js';
import type { TimingRequest } from '../model/request.js';
import type { Flag } from './flags.js';
import { UsageError } from './usage-error.js';

/** With nothing given. */
export const startTimingArguments = (): TimingRequest => ({
  lateAfterNs: null,
  intervalNs: null,
  backupPriority: null,
  downTimerAdverts: null,
  vrid: null,
  sender: null,
});

/** An address in the form captures show it; text captures may show names, so a name is let through. */
const parseSender = (text: string): string => {
  if (isIPv4(text)) return text;
  if (isIPv6(text) && !text.includes('%')) {
    // The URL standard's serialisation is that of RFC 5952 but for the dotted form of mapped addresses, which no sender has.
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  }
  if (/^[A-Za-z0-9._-]+$/.test(text) && /[A-Za-z]/.test(text)) return text;
  throw new UsageError('not an address; write an IPv4 or IPv6 address as the capture shows it, without %interface');
};

/** Flags of every command that judges advertisements. */
export const timingFlags: readonly Flag<TimingRequest>[] = [
  {
    name: 'late-after',
    value: 'DURATION',
    help: 'late when it leaves this much after it was due (default: 10 % of the interval, at least 5ms)',
    update: (low, value) => (low.lateAfterNs = parseDuration(value)),
  },
  {
    name: 'interval',
    value: 'DURATION',
    help: 'advertisement interval, where the packets do not say (default: from the packets)',
    update: (low, value) => {
      low.intervalNs = parseDuration(value);
      if (low.intervalNs === 0) throw new UsageError('an interval is longer than nothing');
    },
  },
  {
    name: 'backup-priority',
    value: 'N',
    help: 'priority of the backup (default: the highest lower priority seen, else 100)',
    update: (low, value) => (low.backupPriority = parseWhole(value, 1, 254)),
  },
  {
    name: 'down-timer-adverts',
    value: 'N',
    help: 'advertisements missed before a takeover (default: 3)',
    update: (low, value) => (low.downTimerAdverts = parseWhole(value, 1, 100)),
  },
  {
    name: 'vrid',
    value: 'N',
    help: 'only this virtual router',
    update: (low, value) => (low.vrid = parseWhole(value, 1, 255)),
  },
  {
    name: 'sender',
    value: 'ADDRESS',
    help: 'only advertisements from this address',
    update: (low, value) => (low.sender = parseSender(value)),
  },
];
