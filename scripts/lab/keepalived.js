// @ts-check
/** A pair of keepalived instances, one in each namespace. */
import { existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMaster, virtualAddress } from './network.js';
import { hasEnded, readText, signalProcess, startProcess } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab @typedef {import('./lab-file.js').Protocol} Protocol @typedef {import('./lab-file.js').Side} Side */

const ROUND = 100;
/** Starting takes no longer than this on a busy machine, besides the time a router listens first (ms). */
const PATIENCE = 15_000;

/** RFC 9568 has no authentication; VRRPv2 has, and a rejected password is one of the faults. */
const AUTHENTICATION = 'authentication {\n  auth_type PASS\n  auth_pass notsecre\n }';

/** @typedef {{ state: 'MASTER' | 'BACKUP', realTime?: number | null | undefined }} Role realTime: `vrrp_rt_priority`, where it is to have one */

/** @type {(protocol: Protocol, side: Side, role: Role) => string} */
const writeConfiguration = (protocol, { device, priority }, { state, realTime = null }) => `global_defs {
 router_id lab${priority}
 vrrp_garp_master_repeat 1
 ${realTime === null ? '' : `vrrp_rt_priority ${realTime}`}
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

/** @type {(lab: Lab, side: Side, role: Role, log: string, command: string[]) => import('./processes.js').Child} */
function startKeepalived({ id, protocol }, side, role, log, command) {
  writeFileSync(side.configuration, writeConfiguration(protocol, side, role));
  // Opened for reading too: the log may be a pipe, which must not wait for its reader nor break with it.
  const output = openSync(log, existsSync(log) ? 'r+' : 'w+');
  const files = ['-f', side.configuration, '-p', side.pidFile, '-r', side.vrrpPidFile];
  const program = ['ip', 'netns', 'exec', side.namespace, ...command, '-n', '-P', ...files];
  // A recording ends what has its mark; routers are the lab's, also one that a recording has had started again.
  return startProcess('env', ['-u', 'WHYLATE_RECORDING', ...program], { stdout: output, stderr: output, lab: id });
}

/** @type {(lab: Lab, realTime?: number | null) => import('./processes.js').Child} */
function startSender(lab, realTime) {
  const { sender, log, work } = lab;
  const role = /** @type {const} */ ({ state: 'MASTER', realTime });
  if (log.kind !== 'socket') return startKeepalived(lab, sender, role, log.to, ['keepalived', '-l']);
  const launcher = fileURLToPath(new URL('private-log.pl', import.meta.url));
  const wrap = ['unshare', '--mount', '--propagation', 'private', 'perl', launcher, log.to];
  return startKeepalived(lab, sender, role, join(work, 'sender.messages'), [...wrap, 'keepalived']);
}

/**
 * Starts both routers: the sender, and when it is master, the backup.
 * @param {Lab} lab
 * @param {AbortSignal} signal
 * @throws {Error} when they do not become that
 */
export async function startRouters(lab, signal) {
  const { sender, receiver, log, backupLog, protocol } = lab;
  await waitFor(startSender(lab), () => isMaster(sender, protocol.ipv6), { lab, log: log.text, signal });
  const backup = startKeepalived(lab, receiver, { state: 'BACKUP' }, backupLog, ['keepalived', '-l']);
  await waitFor(backup, () => existsSync(receiver.vrrpPidFile), { lab, log: backupLog, signal });
}

/**
 * Ends the sender, so that the backup is master for a moment, and starts it again.
 * @param {Lab} lab
 * @param {number | null} realTime its `vrrp_rt_priority`
 * @param {AbortSignal} signal
 * @throws {Error} when it does not end, or does not become master again
 */
export async function restartSender(lab, realTime, signal) {
  const { sender, log, protocol } = lab;
  const [daemon, vrrp] = [sender.pidFile, sender.vrrpPidFile].map((path) => Number(readText(path)));
  if (daemon) signalProcess(daemon, 'SIGTERM');
  for (let waited = 0; await isMaster(sender, protocol.ipv6); waited += ROUND) {
    if (waited > PATIENCE) throw new Error(`keepalived does not end; its log: ${readText(log.text)}`);
    await sleep(ROUND);
  }
  // It has said its farewell to the backup, and would take seconds more.
  for (const pid of [daemon, vrrp]) if (pid) signalProcess(pid, 'SIGKILL');
  while ([daemon, vrrp].some((pid) => pid && runs(pid))) await sleep(ROUND);
  // keepalived takes one that nobody has asked for yet for a running one.
  for (const path of [sender.pidFile, sender.vrrpPidFile]) rmSync(path, { force: true });
  await waitFor(startSender(lab, realTime), () => isMaster(sender, protocol.ipv6), { lab, log: log.text, signal });
}

/** A process that has ended is still listed until its parent asks for it. @param {number} pid */
const runs = (pid) => /\) [^ZX]/.test(readText(`/proc/${pid}/stat`));

/** @type {(keepalived: import('./processes.js').Child, isReady: () => boolean | Promise<boolean>, about: { lab: Lab, log: string, signal: AbortSignal }) => Promise<void>} */
async function waitFor(keepalived, isReady, { lab, log, signal }) {
  const patience = PATIENCE + 5e3 * lab.protocol.interval;
  for (let waited = 0; !(await isReady()); waited += ROUND) {
    if (hasEnded(keepalived)) throw new Error(`keepalived ended; its log: ${readText(log)}`);
    signal.throwIfAborted();
    if (waited > patience) throw new Error(`keepalived did not begin to work; its log: ${readText(log)}`);
    await sleep(ROUND);
  }
}
