// @ts-check
/**
 * Rows as no recorder should write them and as some do: odd values, other keys, other orders, damaged bytes, lines that are no
 * rows. Always the same for the same seed. For holding the ways to read a trace against each other.
 */

/** @typedef {{ next(): number, below(n: number): number, pick<T>(items: readonly T[]): T, chance(share: number): boolean }} Random */

/**
 * Mulberry32.
 *
 * @param {number} seed
 * @returns {Random}
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (n) => Math.floor(next() * n),
    pick: (items) => /** @type {any} */ (items[Math.floor(next() * items.length)]),
    chance: (share) => next() < share,
  };
}

const NAMES = [
  'keepalived', 'bash', 'sysdig', 'kworker/0:1-ev', 'a b', 'x)y(', '<NA>', 'svc12', 'ksoftirqd/1', 'averyveryverylongprocessname',
  'n\\u00e4me', 'q\\"uote', 'back\\\\slash', '\\ud83d\\ude00', 'é', '漢字', '', 'tab\\t', 'x) pgft_maj=1',
]; // prettier-ignore
const TYPES = [
  'switch', 'switch', 'switch', 'read', 'write', 'sendmsg', 'epoll_wait', 'futex', 'procexit', '<unknown>', 'signaldeliver',
  'sw\\u0069tch', 'page_fault', 'sched_wakeup',
]; // prettier-ignore
const TEXTS = [
  '', '', 'res=0 ', 'fd=3(<f>/proc/loadavg) size=8192 ', 'res=40 data=E..(.... ', 'fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ',
  'data={\\"evt.outputtime\\":1111111111111111111,\\"evt.type\\":\\"x\\"} ', '\\u001b[31m ', '\\\\', '\\/', 'umlaut ä ö ', ')', '))) ', 'x'.repeat(15),
  'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(300), '\\b\\f\\n\\r\\t', '漢'.repeat(9), '\\ud800', 'a\\u0000b',
]; // prettier-ignore
/** Not what a string may hold. */
const BAD_TEXTS = ['\\x', '\\u12g4', '\\u12', '\t', '\u0001', '\\', 'a"b'];
const ODD_NUMBERS = [
  'null', '-1', '0', '00', '07', '-0', '1.5', '1.0', '1e2', '1E+2', '"12"', '"-1"', '""', 'true', '{}', '[]', '32767', '32768', '2147483647',
  '2147483648', '18446744073709551615', '9007199254740991', '9007199254740993', '123456789012345', '1234567890123456', '-', '.5', '5.', 'nul',
]; // prettier-ignore
/** @type {readonly [string, string][]} */
const EXTRAS = [
  ['"fd.name"', '"/var/log/x"'], ['"container.id"', '"host"'], ['"evt.latency"', '0'], ['"x"', 'null'], ['"y"', 'true'], ['"z"', 'false'],
  ['"f"', '-12.75'], ['"e"', '1e9'], ['"o"', '{"evt.type":"inner","a":[1,2]}'], ['"a"', '[1,"]"]'], ['"proc.pid"', '4711'],
  ['"s"', '"\\u00e9\\n"'], ['"evt.rawtime.s"', '1795344191'], ['"evt.rawtime.ns"', '5'], ['"evt.rawtime"', '1795344191000000005'],
  ['"evt.args"', '"fd=4 "'], ['"bad"', '01'], ['"bad"', '.5'], ['"evt.ty\\u0070e"', '"other"'], ['"proc.name"', '"twice"'],
]; // prettier-ignore
const LINES = [
  '', ' ', '\t ', '[', ']', '],', ',', 'null', ' null ', '42', '"text"', '[1,2]', '{}', '{"a":1}', '{', '}', 'Driver Events:5', '\u0000\u0000',
  '\ufeff', '{"evt.type":"read"', '{"evt.type":"read"}}', '[]', '[null]', '{"evt.type":"read"} x',
]; // prettier-ignore

const BASE_SECONDS = 1_795_344_191n;

/**
 * @param {Random} random
 * @param {number} i
 */
function timeOf(random, i) {
  const time = String(BASE_SECONDS * 1_000_000_000n + BigInt(i) * 1000n + BigInt(random.below(1000)));
  if (!random.chance(0.02)) return time;
  return random.pick([
    'null', '0', '5', `"${time}"`, `${time}0`, `${time}00`, time.slice(0, 16), time.slice(0, 12), `-${time}`, `${time}.5`, '1e18', `0${time}`,
    '99999999999999999999', '100000000000000000000', '"x"', time.slice(0, 9), time.slice(0, 10),
  ]); // prettier-ignore
}

/** @type {(random: Random) => string} */
const textOf = (random) => (random.chance(0.01) ? random.pick(BAD_TEXTS) : random.pick(TEXTS) + random.pick(TEXTS));

/** @type {(random: Random, most: number) => string} */
const numberOf = (random, most) => (random.chance(0.02) ? random.pick(ODD_NUMBERS) : String(random.below(most)));

/** @param {Random} random */
function switchTextOf(random) {
  const rest = `pgft_maj=${random.below(3)} pgft_min=${random.below(9999)} vm_size=0 vm_rss=0 vm_swap=0 `;
  const tid = random.chance(0.02)
    ? random.pick(['', '99999999999', '2147483648', '00012', '-3'])
    : random.below(99_999);
  if (random.chance(0.03)) {
    return random.pick([
      `next=${tid}(cut`,
      `next=${tid}(a)) `,
      `next=${tid}`,
      'next=',
      'prev=3 next=5(x) ',
      `next=${tid}(x) y`,
    ]);
  }
  return random.chance(0.3) ? `next=${tid} ${rest}` : `next=${tid}(${random.pick(NAMES)}) ${rest}`;
}

/**
 * @param {Random} random
 * @param {number} i
 * @returns {[string, string][]} keys and values as they stand in JSON, in sysdig's order
 */
function fieldsOf(random, i) {
  const type = random.chance(0.005) ? random.pick(['""', 'null', '5']) : `"${random.pick(TYPES)}"`;
  const info = type === '"switch"' ? switchTextOf(random) : textOf(random);
  const name = random.pick(NAMES);
  return [
    ['"evt.cpu"', numberOf(random, 4)],
    ['"evt.dir"', random.chance(0.02) ? random.pick(['null', '"x"', '""', '5', '">>"']) : random.pick(['">"', '"<"'])],
    ['"evt.info"', random.chance(0.02) ? random.pick(['null', '5', '{}']) : `"${info}"`],
    ['"evt.num"', numberOf(random, 10_000_000)],
    ['"evt.outputtime"', timeOf(random, i)],
    ['"evt.type"', type],
    ['"proc.name"', random.chance(0.2) ? 'null' : random.chance(0.01) ? '7' : `"${name}"`],
    ['"thread.tid"', numberOf(random, 99_999)],
  ];
}

/**
 * Ways in which whole stretches of a trace are written.
 *
 * @type {readonly ((fields: [string, string][], random: Random) => string)[]}
 */
const WRITERS = [
  (fields) => writeRow(fields, ':', ','),
  (fields) => writeRow(fields, ':', ','),
  (fields) => writeRow([...fields].reverse(), ':', ','),
  (fields) => writeRow(fields, ': ', ', '),
  (fields) => writeRow(fields.filter(([key]) => key !== '"evt.dir"' && key !== '"evt.cpu"'), ':', ','),
  (fields) => writeRow(fields.map(([key, value]) => [key === '"evt.info"' ? '"evt.args"' : key, value]), ':', ','),
  (fields) => `${writeRow(fields, ':', ',')},`,
  (fields) => `${writeRow(fields, ':', ',')}\r`,
  (fields, random) => writeRow([...fields, random.pick(EXTRAS)], ':', ','),
  (fields, random) => {
    const mixed = fields.map((field) => ({ field, order: random.next() })).sort((a, b) => a.order - b.order);
    return writeRow(mixed.map(({ field }) => field), ':', ',');
  },
  (fields) => {
    const [time = '0'] = fields.flatMap(([key, value]) => (key === '"evt.outputtime"' ? [value] : []));
    const others = fields.filter(([key]) => key !== '"evt.outputtime"' && key !== '"thread.tid"');
    return writeRow([...others, ['"evt.rawtime.s"', time.slice(0, 10)], ['"evt.rawtime.ns"', String(Number(time.slice(10)))]], ':', ',');
  },
  (fields) => ` { ${fields.map(([key, value]) => `${key}\t:${value}`).join(' ,')} } `,
]; // prettier-ignore

/** @type {(fields: readonly (readonly [string, string])[], colon: string, comma: string) => string} */
const writeRow = (fields, colon, comma) => `{${fields.map(([key, value]) => key + colon + value).join(comma)}}`;

const LONGEST = 4 * 1024 * 1024;

/**
 * About `lines` lines, some MiB at a time.
 *
 * @param {number} seed
 * @param {number} lines
 * @returns {Generator<Buffer>}
 */
export function* hostileRows(seed, lines) {
  const random = seededRandom(seed);
  let parts = [];
  let size = 0;
  let left = 0;
  let write = WRITERS[0];
  for (let i = 0; i < lines; i++) {
    if (left-- <= 0) {
      write = random.pick(WRITERS);
      left = random.below(400);
    }
    let text = random.chance(0.01) ? random.pick(LINES) : (write ?? String)(fieldsOf(random, i), random);
    if (random.chance(0.000_02))
      text = text.replace('"evt.info":"', `"evt.info":"${'y'.repeat(random.below(LONGEST + 1000))}`);
    const line = Buffer.from(`${text}\n`);
    // Damaged bytes, broken UTF-8 among them; line feeds, too.
    if (random.chance(0.02)) line[random.below(line.length)] = random.below(256);
    parts.push(line);
    size += line.length;
    if (size < 2 ** 20) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  const rest = Buffer.concat(parts);
  yield random.chance(0.5) ? rest : rest.subarray(0, Math.max(0, rest.length - random.below(200)));
}
