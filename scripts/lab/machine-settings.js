// @ts-check
/** Settings of the whole machine that a fault needs, noted so that they can be put back by another process as well. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./lab-file.js').Lab} Lab */

/** @param {Lab} lab */
const notesOf = (lab) => join(lab.work, 'settings');

/**
 * @param {Lab} lab
 * @param {string} path
 * @param {string} text
 */
export function changeSetting(lab, path, text) {
  const before = readFileSync(path, 'utf8');
  // Another lab may have set it: then it is that one's to put back.
  if (before.trim() === text) return;
  mkdirSync(notesOf(lab), { recursive: true });
  writeFileSync(join(notesOf(lab), `${process.pid}.json`), JSON.stringify({ path, before }));
  writeFileSync(path, text);
}

/** @param {Lab} lab */
export function restoreSettings(lab) {
  if (!existsSync(notesOf(lab))) return;
  for (const name of readdirSync(notesOf(lab))) {
    const note = join(notesOf(lab), name);
    const { path, before } = JSON.parse(readFileSync(note, 'utf8'));
    writeFileSync(path, before);
    rmSync(note);
  }
}
