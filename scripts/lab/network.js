// @ts-check
/** Two network namespaces joined by a veth pair: all of the lab's traffic stays in there. */
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, signalProcess, startProcess, stopProcess } from './processes.js';

/**
 * @typedef {{ namespace: string, device: string, address: string }} Side
 * @typedef {{ sender: Side, receiver: Side }} Network
 */

/** @param {boolean} ipv6 */
export const virtualAddress = (ipv6) => (ipv6 ? 'fe80::205:7' : '192.168.205.7/24');

/** @param {Side} side @param {string[]} command */
export const runInside = (side, ...command) => runCommand('ip', 'netns', 'exec', side.namespace, ...command);

/**
 * @param {boolean} ipv6
 * @param {import('./processes.js').Cleanup} cleanup
 * @returns {Promise<Network>}
 */
export async function createNetwork(ipv6, cleanup) {
  const id = process.pid;
  const addresses = ipv6 ? ['fe80::8', 'fe80::9'] : ['192.168.205.8', '192.168.205.9'];
  /** @type {Side[]} */
  const sides = ['a', 'b'].map((letter, index) => ({
    namespace: `lab${id}${letter}`,
    device: `v${letter}${id}`,
    address: addresses[index] ?? '',
  }));
  const [sender, receiver] = /** @type {[Side, Side]} */ (sides);
  for (const side of sides) {
    await runCommand('ip', 'netns', 'add', side.namespace);
    cleanup.defer(`remove ${side.namespace}`, () => removeNamespace(side));
  }
  await runCommand(
    ...['ip', 'link', 'add', sender.device, 'netns', sender.namespace, 'type', 'veth'],
    ...['peer', 'name', receiver.device, 'netns', receiver.namespace],
  );
  for (const side of sides) {
    await runInside(side, 'ip', 'link', 'set', 'lo', 'up');
    // Only the address given below: with a second link-local one nobody would know which is the sender's.
    await runInside(side, 'ip', 'link', 'set', side.device, 'addrgenmode', 'none');
    await runInside(side, 'ip', 'link', 'set', side.device, 'up');
    const address = ipv6 ? [`${side.address}/64`, 'nodad'] : [`${side.address}/24`];
    await runInside(side, 'ip', 'address', 'add', ...address, 'dev', side.device);
  }
  return { sender, receiver };
}

/** @param {Side} side */
async function removeNamespace(side) {
  const pids = await runCommand('ip', 'netns', 'pids', side.namespace);
  for (const pid of pids.split('\n').filter(Boolean)) {
    signalProcess(Number(pid), 'SIGCONT');
    signalProcess(Number(pid), 'SIGKILL');
  }
  await runCommand('ip', 'netns', 'delete', side.namespace);
}

/**
 * @param {Side} side
 * @param {string} name of the capture point
 * @param {string} folder
 * @param {import('./processes.js').Cleanup} cleanup
 * @returns {() => Promise<void>} stops it
 */
export function startCapture(side, name, folder, cleanup) {
  const messages = openSync(join(folder, `capture.${name}.stats.txt`), 'w');
  const options = ['-i', side.device, '-n', '-U', '--immediate-mode', '-Z', 'root'];
  const file = join(folder, `capture.${name}.pcap`);
  const command = ['netns', 'exec', side.namespace, 'tcpdump', ...options, '-w', file, 'ip proto 112 or ip6 proto 112'];
  const tcpdump = startProcess('ip', command, { stderr: messages });
  const stop = () => stopProcess(tcpdump, 'SIGINT');
  cleanup.defer('stop tcpdump', stop);
  return stop;
}
