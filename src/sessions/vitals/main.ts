/** Samples counters of this machine into a file until it is told to end, or until who started it is gone. */
import { fstatSync } from 'node:fs';
import { LineWriter } from './line-writer.js';
import { parseOptions, USAGE, type SamplerOptions } from './options.js';
import { Sampler, type EndReason } from './sampler.js';

/** Lines that a slow disk keeps waiting at the end get this long (ms). */
const PATIENCE = 120;

const parseOrExit = (): SamplerOptions => {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${USAGE}\n`);
    process.exit(2);
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const fail = (error: unknown): never => {
  process.stderr.write(`vitals: ${messageOf(error)}\n`);
  process.exit(1);
};

const openOrExit = (path: string): LineWriter => {
  try {
    return new LineWriter(path, fail);
  } catch (error) {
    return fail(error);
  }
};

/** A pipe, or the pair of sockets that Node makes of one. */
const isPipe = (fd: number): boolean => {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
};

// All the pool does is write, one line at a time: one thread, which stays warm, takes half the CPU time of four in turn.
process.env['UV_THREADPOOL_SIZE'] = '1';
const options = parseOrExit();
const writer = openOrExit(options.out);
let timer: NodeJS.Timeout | null = null;
let sampler: Sampler | null = null;
let isEnding = false;

const end = (reason: EndReason): void => {
  if (isEnding) return;
  isEnding = true;
  if (timer !== null) clearTimeout(timer);
  if (sampler) writer.add(sampler.close(reason, writer.dropped));
  void writer.end(PATIENCE).then(() => process.exit(0));
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
if (isPipe(0)) {
  const gone = (): void => {
    end('stdin-closed');
  };
  process.stdin.on('end', gone).on('close', gone).on('error', gone).resume();
}

try {
  sampler = await Sampler.start(options);
} catch (error) {
  fail(error);
}

// Samples lie on a grid, so that one that came late does not move the others; those that were missed are not made up for.
// A timer may fire a ms early.
const early = options.everyMs / 4;
const begun = performance.now();
const take = (): void => {
  if (isEnding || !sampler) return;
  writer.add(sampler.sample());
  const passed = performance.now() - begun;
  const due = (Math.floor((passed + early) / options.everyMs) + 1) * options.everyMs;
  timer = setTimeout(take, due - passed);
};
take();
