#!/usr/bin/env node
// @ts-check
/**
 * Fuzzes every reader of the project with damaged inputs of its kind, and looks for: an error that is none for users, an answer that
 * depends on how the bytes were cut into chunks, more than 2 s a MiB, and secrets that come out.
 *
 *   node scripts/fuzz/run.js [--seconds N] [--target NAME]... [--seed N] [--jobs N] [--keep FOLDER] [--parsers] [--list]
 *
 * `--seconds` are a target's (10). `--parsers`: only what parses itself, not what asks sysdig, looks at beginnings or analyses. What is
 * found is written to FOLDER (default: a new temporary one), named after its target; put into test/fixtures/fuzz/TARGET/ it is tried by
 * the tests ever after. Exits with 1 where something was found.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRandom } from '../../dist/model/random.js';
import { mutate, pick } from './mutations.js';
import { targets } from './targets.js';
import { tryInput } from './try-input.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    jobs: { type: 'string', default: '1' },
    keep: { type: 'string' },
    parsers: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

/** Longest beginning (bytes) of a good input that is damaged. */
const MOST_BYTES = 64 * 1024;
const NO_PARSERS = new Set(['scap', 'recognise', 'analysis']);

/** @type {(name: string, seconds: number, seed: number, folder: string) => Promise<number>} */
const fuzzTarget = async (name, seconds, seed, folder) => {
  const target = targets.find((one) => one.name === name);
  if (!target) throw new Error(`no target is called ${name}; see --list`);
  const random = makeRandom(seed);
  const corpus = target.corpus();
  if (corpus.length === 0) throw new Error(`${name} has no input to begin with`);
  const end = performance.now() + seconds * 1000;
  let tried = 0;
  let refused = 0;
  let found = 0;
  const seen = new Set();
  while (performance.now() < end) {
    const start = pick(random, corpus);
    const bytes = mutate(start.subarray(0, MOST_BYTES), target.structure, random);
    const outcome = await tryInput(target, bytes, random);
    tried++;
    if (outcome.refused) refused++;
    if (outcome.problem === null || seen.has(outcome.problem.kind)) continue;
    seen.add(outcome.problem.kind);
    found++;
    const file = join(folder, name, `${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.bin`);
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(file, bytes);
    console.error(`${name}: ${outcome.problem.text}\n  ${file}`);
  }
  console.log(
    `${name.padEnd(18)} ${String(tried).padStart(8)} inputs, ${String(refused).padStart(7)} refused, ${found} found (seed ${seed})`,
  );
  return found;
};

if (values.list) {
  for (const { name } of targets) console.log(name);
} else {
  const meant = targets.filter(({ name }) => !values.parsers || !NO_PARSERS.has(name));
  const names = values.target.length > 0 ? values.target : meant.map(({ name }) => name);
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'whylate-fuzz-'));
  const seed = Number(values.seed);
  const jobs = Math.max(1, Number(values.jobs));
  let found = 0;
  if (jobs === 1 || names.length === 1) {
    for (const name of names) found += await fuzzTarget(name, Number(values.seconds), seed, folder);
  } else {
    const queue = [...names];
    const work = async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const args = ['--target', name, '--seconds', values.seconds, '--seed', values.seed, '--keep', folder];
        const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
        const code = await new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
        if (code !== 0) found++;
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
  }
  if (found > 0) process.exitCode = 1;
}
