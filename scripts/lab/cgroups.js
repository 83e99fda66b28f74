// @ts-check
/** A control group of the lab's own, into which the sender is put for a while. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readText } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab */

/**
 * Where a hierarchy is mounted, and what `/proc/PID/cgroup` calls it.
 * @typedef {{ root: string, controller: string }} Hierarchy
 */

/**
 * @param {string} controller of version 1; empty for version 2
 * @returns {Hierarchy | null} null where it is not mounted
 */
export function findHierarchy(controller) {
  for (const line of readText('/proc/self/mounts').split('\n')) {
    const [, root = '', type, options = ''] = line.split(' ');
    const isWanted =
      controller === '' ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes(controller);
    if (isWanted) return { root, controller };
  }
  return null;
}

/** @type {(lab: Lab, hierarchy: Hierarchy) => string} */
const groupOf = (lab, { root }) => join(root, `lab-${lab.id}`);

/** The group a process is in. @type {(pid: number, hierarchy: Hierarchy) => string} */
function groupOfProcess(pid, { root, controller }) {
  for (const line of readText(`/proc/${pid}/cgroup`).split('\n')) {
    const [, names = '', ...path] = line.split(':');
    if (names.split(',').includes(controller)) return join(root, path.join(':'));
  }
  return root;
}

/** @type {(group: string, pid: number) => void} */
export const enterGroup = (group, pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid));

/**
 * @param {Lab} lab
 * @param {Hierarchy} hierarchy
 * @param {number} pid
 * @returns {{ group: string, leave: () => Promise<void> }} leave puts the process back
 */
export function makeGroup(lab, hierarchy, pid) {
  const group = groupOf(lab, hierarchy);
  const before = groupOfProcess(pid, hierarchy);
  mkdirSync(group);
  return { group, leave: () => removeGroup(group, before) };
}

/** How a group's processes are let go on: freezers of both versions, and the quota of version 1. */
const RELEASES = [
  ['freezer.state', 'THAWED'],
  ['cgroup.freeze', '0'],
  ['cpu.cfs_quota_us', '-1'],
];

/** @type {(group: string, to: string) => Promise<void>} */
async function removeGroup(group, to) {
  for (const [file = '', text = ''] of RELEASES)
    if (existsSync(join(group, file))) writeFileSync(join(group, file), text);
  for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      enterGroup(to, Number(pid));
    } catch {
      // It ended meanwhile.
    }
  }
  // What has ended leaves its group a moment later.
  for (let tries = 0; existsSync(group); tries += 1) {
    try {
      rmdirSync(group);
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(50);
    }
  }
}

/** Removes what faults that were killed have left. @param {Lab} lab */
export async function removeGroups(lab) {
  for (const controller of ['cpu', 'freezer', '']) {
    const hierarchy = findHierarchy(controller);
    if (hierarchy === null) continue;
    const group = groupOf(lab, hierarchy);
    if (existsSync(group)) await removeGroup(group, hierarchy.root);
  }
}
