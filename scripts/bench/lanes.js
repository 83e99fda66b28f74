// @ts-check
/** Ways to do nothing but read a trace, each in a node of its own: `lanes.js LANE FILE` prints how many rows there were. */
import { createReadStream } from 'node:fs';

/** @type {Record<string, (file: string) => Promise<number>>} */
const LANES = {
  async ndjson(file) {
    const { default: ndjson } = await import('ndjson');
    let rows = 0;
    for await (const row of createReadStream(file).pipe(ndjson.parse())) if (row) rows++;
    return rows;
  },
  async split(file) {
    let rows = 0;
    let rest = '';
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (JSON.parse(line)) rows++;
    }
    return rows;
  },
  bytes: (file) => readBatches(file, 'bytes'),
  typescript: (file) => readBatches(file, 'typescript'),
};

/**
 * @param {string} file
 * @param {'bytes' | 'typescript'} parser
 */
async function readBatches(file, parser) {
  const { openTraceFile } = await import('../../dist/sources/sysdig-json/index.js');
  const { CounterTable } = await import('../../dist/model/counters.js');
  const { batches } = await openTraceFile(file, { where: file, counters: new CounterTable(), parser, threads: 1 });
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    batch.release?.();
  }
  return rows;
}

const [lane = '', file = ''] = process.argv.slice(2);
const read = LANES[lane];
if (!read) throw new Error(`no lane is called ${lane}`);
console.log(await read(file));
