// @ts-check
/** A pair of keepalived instances, one in each namespace. */
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMaster, virtualAddress } from './network.js';
import { hasEnded, readText, startProcess } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab @typedef {import('./lab-file.js').Protocol} Protocol @typedef {import('./lab-file.js').Side} Side */

const ROUND = 100;
/** Starting takes no longer than this on a busy machine, besides the time a router listens first (ms). */
const PATIENCE = 15_000;

/** RFC 9568 has no authentication; VRRPv2 has, and a rejected password is one of the faults. */
const AUTHENTICATION = 'authentication {\n  auth_type PASS\n  auth_pass notsecre\n }';

/** @type {(protocol: Protocol, side: Side, state: string) => string} */
const writeConfiguration = (protocol, { device, priority }, state) => `global_defs {
 router_id lab${priority}
 vrrp_garp_master_repeat 1
}
vrrp_instance VI_1 {
 version ${protocol.version}
 state ${state}
 interface ${device}
 virtual_router_id ${protocol.vrid}
 priority ${priority}
 advert_int ${protocol.interval}
 ${protocol.version === 2 ? AUTHENTICATION : ''}
 virtual_ipaddress {
  ${virtualAddress(protocol.ipv6)}
 }
}
`;

/** @type {(lab: Lab, side: Side, state: string, log: string, command: string[]) => import('./processes.js').Child} */
function startKeepalived({ id, protocol }, side, state, log, command) {
  writeFileSync(side.configuration, writeConfiguration(protocol, side, state));
  // Opened for reading too: the log may be a pipe, which must not wait for its reader nor break with it.
  const output = openSync(log, existsSync(log) ? 'r+' : 'w+');
  const files = ['-f', side.configuration, '-p', side.pidFile, '-r', side.vrrpPidFile];
  const args = ['netns', 'exec', side.namespace, ...command, '-n', '-P', ...files];
  return startProcess('ip', args, { stdout: output, stderr: output, lab: id });
}

/** @type {(lab: Lab) => import('./processes.js').Child} */
function startSender(lab) {
  const { sender, log, work } = lab;
  if (log.kind !== 'socket') return startKeepalived(lab, sender, 'MASTER', log.to, ['keepalived', '-l']);
  const launcher = fileURLToPath(new URL('private-log.pl', import.meta.url));
  const wrap = ['unshare', '--mount', '--propagation', 'private', 'perl', launcher, log.to];
  return startKeepalived(lab, sender, 'MASTER', join(work, 'sender.messages'), [...wrap, 'keepalived']);
}

/**
 * Starts both routers: the sender, and when it is master, the backup.
 * @param {Lab} lab
 * @param {AbortSignal} signal
 * @throws {Error} when they do not become that
 */
export async function startRouters(lab, signal) {
  const { sender, receiver, log, backupLog, protocol } = lab;
  const patience = PATIENCE + 5e3 * protocol.interval;
  /** @type {(keepalived: import('./processes.js').Child, isReady: () => boolean | Promise<boolean>, log: string) => Promise<void>} */
  const wait = async (keepalived, isReady, log) => {
    for (let waited = 0; !(await isReady()); waited += ROUND) {
      if (hasEnded(keepalived)) throw new Error(`keepalived ended; its log: ${readText(log)}`);
      signal.throwIfAborted();
      if (waited > patience) throw new Error(`keepalived did not begin to work; its log: ${readText(log)}`);
      await sleep(ROUND);
    }
  };
  await wait(startSender(lab), () => isMaster(sender, protocol.ipv6), log.text);
  const backup = startKeepalived(lab, receiver, 'BACKUP', backupLog, ['keepalived', '-l']);
  await wait(backup, () => existsSync(receiver.vrrpPidFile), backupLog);
}
