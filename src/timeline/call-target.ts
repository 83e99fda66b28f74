import { Shares } from './caps.js';
import { readDescriptor, readPath, readTuple } from './info.js';

/** The longest path, in bytes. */
const LONGEST_NAME = 4096;
const LOG_PAYLOAD = /(?:^|\s)(?:data=<\d{1,3}>|syslog sev=)/;
/** Kernel addresses of a unix socket's two ends, in front of its path. */
const SOCKET_ADDRESSES = /^[0-9a-f]{8,}->[0-9a-f]{8,}\s*/;

/** What a thread's system calls act on: paths, sockets and addresses, also where a row names only a number. */
export class CallTargets {
  readonly #names = new Map<number, string>();
  readonly #shares: Shares;

  constructor(shares = new Shares()) {
    this.#shares = shares;
  }

  /** Learn a descriptor's name from any row of the thread that prints it. */
  note(info: string): void {
    const descriptor = readDescriptor(info);
    if (!descriptor || descriptor.number < 0) return;
    const name = descriptor.name.replace(SOCKET_ADDRESSES, '');
    if (name !== '') {
      if (this.#names.size >= this.#shares.targets) this.#names.clear();
      this.#names.set(descriptor.number, name.slice(0, LONGEST_NAME));
    } else if (LOG_PAYLOAD.test(info)) this.#names.set(descriptor.number, LOG_SOCKET);
  }

  /**
   * Path, socket or address of a call: as its row prints it, else as earlier rows named the descriptor (for `poll` the
   * first one it waits for); null where nothing tells.
   */
  of(info: string): string | null {
    const path = readPath(info)?.replace(SOCKET_ADDRESSES, '') ?? '';
    if (path !== '') return path;
    const number = readDescriptor(info)?.number ?? Number(/(?:^|\s)fds=(\d+)/.exec(info)?.[1] ?? -1);
    const known = this.#names.get(number);
    if (known !== undefined) return known;
    const tuple = readTuple(info);
    return tuple ? `${tuple.peer}:${String(tuple.peerPort)}` : null;
  }
}

/** Name of a log socket that was opened before the recording began: its payload starts with a syslog priority. */
export const LOG_SOCKET = 'log socket';

/** Whether an exit row shows that the call wrote to a log socket. */
export const isLogWrite = (exitInfo: string): boolean => LOG_PAYLOAD.test(exitInfo);
