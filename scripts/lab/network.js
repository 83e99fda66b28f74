// @ts-check
/** Two network namespaces joined by a veth pair: all of the lab's traffic stays in there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, signalProcess } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab @typedef {import('./lab-file.js').Side} Side */

/** Where `ip netns` keeps its names. */
const NAMESPACES = '/run/netns';

/** @param {boolean} ipv6 */
export const virtualAddress = (ipv6) => (ipv6 ? 'fe80::205:7' : '192.168.205.7/24');

/** @param {Side} side @param {string[]} command */
export const runInside = (side, ...command) => runCommand('ip', 'netns', 'exec', side.namespace, ...command);

/** @param {Side} side */
export const hasNamespace = ({ namespace }) => existsSync(join(NAMESPACES, namespace));

/** @param {Lab} lab */
export async function createNetwork({ sender, receiver, protocol: { ipv6 } }) {
  const sides = [sender, receiver];
  for (const side of sides) await runCommand('ip', 'netns', 'add', side.namespace);
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
}

/** @param {Side} side @returns {Promise<boolean>} whether it has the virtual address */
export async function isMaster(side, /** @type {boolean} */ ipv6) {
  const addresses = await runCommand('ip', '-n', side.namespace, '-o', 'address', 'show', 'dev', side.device);
  return addresses.includes(` ${virtualAddress(ipv6).split('/')[0]}/`);
}

/** Removes a namespace, what runs in it, and its end of the pair. @param {Side} side */
export async function removeNamespace(side) {
  if (!hasNamespace(side)) return;
  const pids = await runCommand('ip', 'netns', 'pids', side.namespace);
  for (const pid of pids.split('\n').filter(Boolean)) {
    signalProcess(Number(pid), 'SIGKILL');
    signalProcess(Number(pid), 'SIGCONT');
  }
  await runCommand('ip', 'netns', 'delete', side.namespace);
}
