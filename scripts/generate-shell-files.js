// @ts-check
/**
 * Writes what shells and man read, made by the built command from the definitions of its flags: dist/whylate.1 and
 * dist/completions/, with the names under which each shell looks for them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** @param {string[]} args */
const run = (...args) => execFileSync(process.execPath, [`${dist}cli/main.js`, ...args]);

mkdirSync(`${dist}completions`, { recursive: true });
writeFileSync(`${dist}whylate.1`, run('manual'));
writeFileSync(`${dist}completions/whylate`, run('completion', 'bash'));
writeFileSync(`${dist}completions/_whylate`, run('completion', 'zsh'));
writeFileSync(`${dist}completions/whylate.fish`, run('completion', 'fish'));
