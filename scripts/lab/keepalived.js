// @ts-check
/** A pair of keepalived instances, one in each namespace. */
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { virtualAddress } from './network.js';
import { startProcess, stopProcess } from './processes.js';

/**
 * @typedef {{ version: 2 | 3, ipv6: boolean, interval: number, vrid: number }} Protocol interval in seconds
 * @typedef {{ readPid: () => number }} Keepalived readPid: of its VRRP process, which changes when that is restarted
 */

/** RFC 9568 has no authentication; VRRPv2 has, and a rejected password is one of the faults. */
const AUTHENTICATION = 'authentication {\n  auth_type PASS\n  auth_pass notsecre\n }';

/** @type {(protocol: Protocol, device: string, priority: number, state: string) => string} */
const writeConfiguration = (protocol, device, priority, state) => `global_defs {
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

/**
 * @param {object} options
 * @param {import('./network.js').Side} options.side
 * @param {Protocol} options.protocol
 * @param {number} options.priority
 * @param {string} options.work folder for pid files
 * @param {string} options.configuration path
 * @param {string} options.log path
 * @param {import('./processes.js').Cleanup} cleanup
 * @returns {Promise<Keepalived>}
 */
export async function startKeepalived({ side, protocol, priority, work, configuration, log }, cleanup) {
  const state = priority > 100 ? 'MASTER' : 'BACKUP';
  writeFileSync(configuration, writeConfiguration(protocol, side.device, priority, state));
  const pidFile = join(work, `keepalived-${priority}.pid`);
  const vrrpPidFile = join(work, `keepalived-${priority}.vrrp.pid`);
  // Opened for reading too: the log may be a pipe, which must not wait for its reader nor break with it.
  const output = openSync(log, existsSync(log) ? 'r+' : 'w+');
  const files = ['-f', configuration, '-p', pidFile, '-r', vrrpPidFile];
  const command = ['netns', 'exec', side.namespace, 'keepalived', '-n', '-l', '-P', ...files];
  const keepalived = startProcess('ip', command, { stdout: output, stderr: output });
  cleanup.defer('stop keepalived', () => stopProcess(keepalived));
  for (let tries = 0; !existsSync(vrrpPidFile); tries += 1) {
    if (tries === 100) throw new Error(`keepalived did not start within 10 s; its log: ${log}`);
    await sleep(100);
  }
  return { readPid: () => Number(readFileSync(vrrpPidFile, 'utf8')) };
}
