// @ts-check
/**
 * scripts/hostile/ndjson.js [--list] [--write FOLDER]
 *
 * Files that no recorder should write in place of sysdig's JSON, each with what reading it must give: how many events and every counter,
 * or why it is refused. Always the same ones. A test reads all of them in every way.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { hostileLines } from './ndjson-lines.js';
import { hostileValues } from './ndjson-values.js';

/** @returns {import('./ndjson-rows.js').HostileFile[]} */
export const hostileFiles = () => [...hostileValues(), ...hostileLines()];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { list: { type: 'boolean', default: false }, write: { type: 'string' } },
  });
  const files = hostileFiles();
  if (values.write !== undefined) {
    mkdirSync(values.write, { recursive: true });
    for (const { name, bytes } of files) writeFileSync(join(values.write, name), bytes);
  }
  if (values.list || values.write === undefined) {
    for (const { name, bytes, expect } of files) console.log(`${name} ${bytes.length} ${JSON.stringify(expect)}`);
  }
  console.error(`${files.length} files`);
}
