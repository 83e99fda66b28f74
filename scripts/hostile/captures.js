// @ts-check
/**
 * scripts/hostile/captures.js [--list | --write FOLDER]
 *
 * Captures that are broken, cut or made to harm, each with what reading it must say: which counters, or which refusal. The
 * tests read all of them. Lists their names (the default), or writes them as files to try other programs on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { pcapCaptures } from './capture-binary.js';
import { pcapngCaptures } from './capture-pcapng.js';
import { textCaptures } from './capture-text.js';

/**
 * `counters`: all that are counted, with how often; `refusal`: how the error begins, `not recognised` where it is no capture at all.
 *
 * @typedef {{ counters: Record<string, number>, advertisements: number } | { refusal: string }} Expectation
 * @typedef {{ name: string, bytes: Uint8Array, expect: Expectation }} HostileCapture
 */

/** The same ones each time. @returns {HostileCapture[]} */
export const hostileCaptures = () => [...pcapCaptures(), ...pcapngCaptures(), ...textCaptures()];

/** @param {HostileCapture} capture */
const describeExpected = ({ expect }) =>
  'refusal' in expect
    ? `refused: ${expect.refusal}`
    : [
        `${expect.advertisements} read`,
        ...Object.entries(expect.counters).map(([name, count]) => `${name} ${count}`),
      ].join(', ');

const main = () => {
  const { values } = parseArgs({ options: { list: { type: 'boolean' }, write: { type: 'string' } } });
  const captures = hostileCaptures();
  if (values.write === undefined) {
    for (const capture of captures) console.log(`${capture.name}  (${describeExpected(capture)})`);
    console.log(`${captures.length} captures`);
    return;
  }
  mkdirSync(values.write, { recursive: true });
  for (const [i, { name, bytes }] of captures.entries()) {
    const file = `${String(i + 1).padStart(4, '0')}-${name.replace(/[^a-z0-9]+/gi, '-')}`;
    writeFileSync(join(values.write, file), bytes);
  }
  console.log(`${captures.length} captures written to ${values.write}`);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
