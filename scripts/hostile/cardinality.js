// @ts-check
/**
 * scripts/hostile/cardinality.js [--rows N] [--kind KIND...] [--most MIB]
 *
 * Traces in which one thing has as many values as there are rows (default 5,000,000): names, threads, CPUs, senders, silences, ... Each
 * kind is read in a process of its own; prints its largest memory, its time and what was counted. Exit code 1 where one takes more than
 * --most MiB (default 300). V8 takes what there is before it collects anything, so its heap is held at three quarters of that. By hand; needs
 * `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CounterTable } from '../../dist/model/counters.js';
import { openTrace } from '../../dist/sources/sysdig-json/index.js';
import { collectWindows } from '../../dist/streams/read-trace.js';
import { Timeline } from '../../dist/timeline/timeline.js';

const START = 1_795_344_191;
const SENT = 'fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';

/**
 * @typedef {object} Row
 * @property {string} type
 * @property {number} [cpu]
 * @property {number} [tid]
 * @property {string} [comm]
 * @property {string} [info]
 * @property {'<' | '>'} [dir]
 * @property {number} [us] its time, microseconds from the start; default its number
 */

/** @type {Readonly<Record<string, (i: number) => Row>>} */
const KINDS = {
  'event-types': (i) => ({ type: `t${i}` }),
  'process-names': (i) => ({ type: 'read', comm: `p${i}` }),
  'long-names': (i) => ({ type: 'read', comm: `${i}${'n'.repeat(200)}` }),
  'next-names': (i) => ({ type: 'switch', tid: 0, info: `next=${i}(n${i}) pgft_maj=0 ` }),
  threads: (i) => ({ type: 'read', tid: i }),
  'threads-that-switch': (i) => ({ type: 'switch', tid: i, info: `next=${i + 1}(x) pgft_maj=0 ` }),
  cpus: (i) => ({ type: 'read', cpu: i % 32_768 }),
  'cpus-that-switch': (i) => ({ type: 'switch', cpu: i % 32_768, tid: i % 999, info: `next=${(i + 1) % 999}(x) pgft_maj=0 ` }),
  'shared-buffers': (i) => ({ type: 'switch', cpu: i % 300, tid: (i * 7) % 9973, info: `next=${(i * 13) % 9973}(x) pgft_maj=0 ` }),
  senders: (i) => ({ type: 'sendmsg', dir: '<', tid: i, info: `res=40 ${SENT}` }),
  'senders-that-end': (i) => (i % 2 === 0 ? { type: 'sendmsg', dir: '<', tid: i, info: `res=40 ${SENT}` } : { type: 'procexit', tid: i - 1, info: 'status=0 ' }),
  'senders-on-many-cpus': (i) => (i % 2 === 0 ? { type: 'sendmsg', dir: '<', tid: i % 5000, info: `res=40 ${SENT}` } : { type: 'switch', cpu: i % 2048, tid: i % 999, info: 'next=0 pgft_maj=0 ' }),
  flood: () => ({ type: 'sendmsg', dir: '<', tid: 5, info: `res=40 ${SENT}` }),
  'flood-of-late-ones': (i) => ({ ...[
      { type: 'sendmsg', dir: /** @type {const} */ ('<'), info: `res=40 ${SENT}` },
      { type: 'switch', info: 'next=77(hog) pgft_maj=0 ' },
      { type: 'switch', tid: 77, info: 'next=5(x) pgft_maj=0 ' },
    ][i % 3] ?? { type: 'x' }, ...(i % 3 === 2 ? {} : { tid: 5 }), us: i * 700_000 }),
  'long-window': (i) => (i === 0 ? { type: 'sendmsg', dir: '<', tid: 5, info: `res=40 ${SENT}` } : { type: `call${i % 97}`, tid: 5, dir: i % 2 === 0 ? '>' : '<', info: `fd=${i}(<f>/tmp/${i}) ` }),
  'long-windows-of-many': (i) => (i < 4000 ? { type: 'sendmsg', dir: '<', tid: i, info: `res=40 ${SENT}` } : { type: 'switch', tid: i % 4000, info: `next=${(i + 1) % 4000}(x) pgft_maj=0 ` }),
  descriptors: (i) => (i < 1000 ? { type: 'sendmsg', dir: '<', tid: i, info: `res=40 ${SENT}` } : { type: 'read', tid: i % 1000, info: `fd=${i}(<f>/some/where/${'d'.repeat(100)}${i}) size=1 ` }),
  kills: (i) => ({ type: 'kill', tid: i, info: `pid=${i}(x) sig=19(SIGSTOP) ` }),
  'kills-refused': (i) => ({ type: 'kill', dir: i % 2 === 0 ? '>' : '<', tid: i % 7, info: i % 2 === 0 ? `pid=${i}(x) sig=19(SIGSTOP) ` : 'res=-1(EPERM) ' }),
  'control-writes': (i) => ({ type: 'write', tid: i, info: `fd=3(<f>/sys/fs/cgroup/g${i}/cgroup.procs) size=5 ` }),
  'control-writes-done': (i) => ({ type: 'write', dir: '<', tid: i, info: `res=5 data=${i} fd=3(<f>/sys/fs/cgroup/g${i}/cgroup.procs) ` }),
  slashes: () => ({ type: 'write', tid: 1, info: `fd=3(<f>${'/'.repeat(600)}cgroup.x) ` }),
  clones: (i) => ({ type: 'clone', dir: '<', tid: 1, info: `res=${i + 1}(child) exe=x ` }),
  drops: () => ({ type: 'drop' }),
  silences: (i) => ({ type: 'read', us: i * 100_000 }),
  heartbeats: (i) => ({ type: 'heartbeat', cpu: i % 512, us: i * 1000 }),
  'clock-set': () => ({ type: 'clock_settime', dir: '<', info: 'res=0 ' }),
  backwards: (i) => ({ type: 'read', us: 9_000_000_000_000 - i * 1000 }),
  'to-and-fro': (i) => ({ type: 'read', us: i % 2 === 0 ? i : 5_000_000_000 - i }),
  leaps: (i) => ({ type: 'read', us: i * 1_000_000 }),
}; // prettier-ignore

/**
 * @param {Row} row
 * @param {number} i
 */
function write({ type, cpu = 0, tid = 1, comm = 'x', info = '', dir = '>', us }, i) {
  const at = us ?? i;
  const seconds = START + Math.floor(at / 1e6);
  const nanos = String((at % 1e6) * 1000).padStart(9, '0');
  return `{"evt.cpu":${cpu},"evt.dir":"${dir}","evt.info":"${info}","evt.num":${i},"evt.outputtime":${seconds}${nanos},"evt.type":"${type}","proc.name":"${comm}","thread.tid":${tid}}\n`;
}

/**
 * @param {(i: number) => Row} make
 * @param {number} rows
 */
async function* bytesOf(make, rows) {
  let text = '';
  for (let i = 0; i < rows; i++) {
    text += write(make(i), i);
    if (text.length < 65_536) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

/**
 * @param {(i: number) => Row} make
 * @param {number} rows
 */
async function readOne(make, rows) {
  const counters = new CounterTable();
  const begun = process.hrtime.bigint();
  const { batches } = await openTrace(bytesOf(make, rows), { where: 'x', counters });
  const timeline = new Timeline(1_000_000_000);
  const windows = await collectWindows(batches, timeline, counters);
  const { forgotten, facts } = timeline.end();
  for (const [definition, count] of forgotten) counters.add(definition, count);
  const mib = Math.round(process.resourceUsage().maxRSS / 1024);
  const seconds = Number((process.hrtime.bigint() - begun) / 1_000_000n) / 1000;
  const counted = counters.list().map(({ name, count }) => `${name} ${count}`);
  console.log(
    JSON.stringify({
      mib,
      seconds,
      windows: windows.length,
      facts: facts.all.length,
      forgotten: facts.forgotten,
      counted,
    }),
  );
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    kind: { type: 'string', multiple: true, default: Object.keys(KINDS) },
    most: { type: 'string', default: '300' },
    alone: { type: 'boolean', default: false },
  },
});

for (const kind of values.kind) {
  const make = KINDS[kind];
  if (!make) throw new Error(`there is no kind ${kind}`);
  if (values.alone) {
    await readOne(make, Number(values.rows));
    continue;
  }
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      `--max-old-space-size=${Math.floor(0.75 * Number(values.most))}`,
      '--max-semi-space-size=4',
      fileURLToPath(import.meta.url),
      '--alone',
      '--kind',
      kind,
      '--rows',
      values.rows,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    console.log(`${kind}: failed\n${stderr.slice(0, 400)}`);
    process.exitCode = 1;
    continue;
  }
  const { mib, seconds, windows, facts, counted } = JSON.parse(stdout);
  const isTooMuch = mib > Number(values.most);
  if (isTooMuch) process.exitCode = 1;
  console.log(
    `${kind}: ${mib} MiB${isTooMuch ? ' (too much)' : ''}, ${seconds} s, ${windows} windows, ${facts} facts; ${counted.join(', ')}`,
  );
}
