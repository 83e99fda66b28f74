/** A thread that reads blocks of a file: it is given slabs to fill and tells what it put there. */
import { parentPort, workerData } from 'node:worker_threads';
import { CounterTable } from '../../model/counters.js';
import type { ScanJob, ScanResult, ScanStart } from './block-part.js';
import { ByteLane } from './byte-lane.js';
import { FileBlocks } from './file-blocks.js';
import { createNameTable, NAMES_FORGOTTEN } from '../trace/name-table.js';
import { readPart } from './read-part.js';
import { Slab } from './slab.js';
import { TraceBase } from '../trace/base.js';
import { WasmScanner } from './wasm-scanner.js';

const { path, scanner } = workerData as ScanStart;
const file = new FileBlocks(path);
const counters = new CounterTable();
const names = createNameTable(() => {
  counters.add(NAMES_FORGOTTEN);
});
let told = names.size;
let lane: ByteLane | null = null;

/** Slabs seen before, by place: an address, or a number below 0. */
const slabs = new Map<number, Slab>();

const slabOf = ({ place, memory }: ScanJob): Slab => {
  let slab = slabs.get(place);
  if (slab) return slab;
  if (memory) slab = new Slab(memory, 0, false);
  else if (scanner) slab = new Slab(scanner.memory.buffer, place, true);
  else throw new Error('a slab came without its memory');
  slabs.set(place, slab);
  return slab;
};

const scan = (job: ScanJob): ScanResult => {
  const { index, baseSeconds } = job;
  if (lane === null) {
    const base = new TraceBase(baseSeconds);
    const fast = scanner && new WasmScanner(names, base, scanner.memory, scanner.context);
    lane = new ByteLane({ names, base, counters, times: { ofDay: false } }, fast);
  }
  const slab = slabOf(job);
  const block = file.read(index, slab);
  const part = block && block.bytes !== slab.text ? null : readPart(lane, block, slab);
  const fresh: string[] = [];
  for (; told < names.size; told++) fresh.push(names.nameOf(told));
  const counts = counters.list().map(({ name, count }): [string, number] => [name, count]);
  counters.clear();
  return { index, part, names: fresh, counts, texts: [...(slab.columns.texts ?? [])] };
};

parentPort?.on('message', (job: ScanJob) => {
  parentPort?.postMessage(scan(job));
});
parentPort?.postMessage('ready');
