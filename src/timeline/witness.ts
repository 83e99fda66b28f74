import { displayText } from '../model/display.js';

/** Keys of `evt.info` that may be shown: none of them carries a payload, an environment or an argument list. */
const SHOWN = new Set([
  'next', 'pid', 'tid', 'sig', 'fd', 'size', 'res', 'tuple', 'destination', 'name', 'path', 'addr', 'timeout', 'maxevents', 'spid', 'dpid',
  'request', 'status', 'pgft_maj', 'dirfd', 'prev_state', 'target_cpu', 'by', 'waker', 'vec', 'irq', 'ns',
]); // prettier-ignore

/** Everything from here on in an info text may be payload. */
const PAYLOAD = /(?:^|\s)(?=\w*=)\w*(?:data|msg|args|env|exe|argument|comm|val|desc|tags|source|cgroups)\w*=/;

const MAX_VALUE = 160;

/** `evt.info` without anything secret: only {@link SHOWN} keys, and nothing behind the first payload. */
export const showInfo = (info: string): string => {
  const cut = PAYLOAD.exec(info);
  // Long white space would be looked at again from each of its characters.
  const text = (cut ? info.slice(0, cut.index) : info).replace(/\s{2,}/g, ' ');
  const shown: string[] = [];
  for (const match of text.matchAll(/(?:^|\s)([a-z_]+)=(.*?)(?=\s+[a-z_]+=|\s*$)/g)) {
    const [, key = '', value = ''] = match;
    if (!SHOWN.has(key)) continue;
    shown.push(`${key}=${value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}...` : value}`);
  }
  return shown.join(' ');
};

/** A row as evidence shows it: `bash (23671) > kill pid=23611(keepalived) sig=19(SIGSTOP)`. */
export const describeRow = (process: string, tid: number, exit: boolean, type: string, info: string): string =>
  displayText(
    `${process === '' ? `(${String(tid)})` : `${process} (${String(tid)})`} ${exit ? '<' : '>'} ${type} ${showInfo(info)}`.trimEnd(),
  );

/** What a thread is called: by its number where the trace tells no name of it; some tell no number either (-1). */
export const nameOrNumber = (comm: string, tid: number): string =>
  comm !== '' ? comm : tid > 0 ? `thread ${String(tid)}` : 'the traced process';
