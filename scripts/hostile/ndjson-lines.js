// @ts-check
/** Hostile files in which lines are not what they should be. */
import { gzipSync } from 'node:zlib';
import { between, file, refused, rowOf, SECOND } from './ndjson-rows.js';

/** @typedef {import('./ndjson-rows.js').HostileFile} HostileFile */

const LIMIT = 4 * 1024 * 1024;
const ROW = rowOf(2);
/** @type {(count: number, from?: number) => string} */
const rows = (count, from = 1) => Array.from({ length: count }, (_, i) => `${rowOf(from + i)}\n`).join('');

/** Lines that are no JSON, or no row; between rows and behind them. */
const NO_ROWS = {
  word: 'Driver', number: '42', text: '"text"', true: 'true', brace: '}', 'two-braces': '}}', colon: ':', quote: '"', backslash: '\\',
  'array-of-numbers': '[1,2]', 'array-of-null': '[null]', 'array-of-arrays': '[[[]]]', 'array-of-rows-in-array': '[[{}]]', comment: '// comment',
  'hash-comment': '# comment', 'block-comment': '/* x */', xml: '<event type="switch"/>', csv: '1,2,3', yaml: 'evt.type: switch', nan: 'NaN',
  'statistics-events': 'Driver Events:123456', 'statistics-drops': 'Driver Drops:0', elapsed: 'Elapsed time: 5.010, Captured Events: 12345, 2464.99 eps',
  'recorder-error': 'Unable to load the BPF probe', 'recorder-warning': 'WARNING: the driver drops events', 'shell-prompt': 'root@lb1:~# ',
  'sysdig-text': '368250 17:01:21.339942868 0 keepalived (10400) > sendmsg fd=13(<4r>) size=40 ', escape: '\u001b[31mred\u001b[0m', bell: '\u0007',
  nul: '\u0000', nuls: '\u0000'.repeat(4096), del: '\u007f', bidi: '\u202edesrever\u202c', 'line-separator': '\u2028', 'no-break-space': '\u00a0',
  'zero-width-space': '\u200b', emoji: '😀', 'form-feed': '\f', 'vertical-tab': '\v', 'sequence-separator': '\u001e{}', 'quoted-row': JSON.stringify(ROW),
  'base64': 'eyJldnQuY3B1IjowfQ==', jsonp: 'callback({})',
}; // prettier-ignore
/** JSON, but no object. */
const NOT_OBJECTS = new Set(['number', 'text', 'true', 'array-of-numbers', 'array-of-null', 'array-of-arrays', 'array-of-rows-in-array', 'quoted-row']); // prettier-ignore

/** @returns {HostileFile[]} */
const noRows = () =>
  Object.entries(NO_ROWS).flatMap(([name, line]) => {
    const isJson = NOT_OBJECTS.has(name);
    return [
      between(`line-${name}`, line, isJson ? { not_object: 1 } : { bad_row: 1 }),
      file(`last-line-${name}`, `${rows(2)}${line}\n`, 2, isJson ? { not_object: 1 } : { trailing_garbage: 1 }),
      refused(`only-${name}`, `${line}\n`),
    ];
  });

/** Rows that are damaged. */
const DAMAGED = {
  open: ROW.slice(0, -1), 'open-text': ROW.slice(0, -20), 'two-closed': `${ROW}}`, 'comma-behind-last': ROW.replace(/\}$/, ',}'), 'two-commas': ROW.replace(',', ',,'),
  'no-comma': ROW.replace(',', ' '), 'no-colon': ROW.replace(':', ' '), 'two-colons': ROW.replace(':', '::'), 'single-quotes': ROW.replaceAll('"', "'"),
  'no-quotes': ROW.replaceAll('"', ''), 'comment-inside': ROW.replace(',', '/* x */,'), 'bad-escape': rowOf(2, { 'evt.info': '"\\x41"' }), 'short-escape': rowOf(2, { 'evt.info': '"\\u12"' }),
  'escape-of-no-digits': rowOf(2, { 'evt.info': '"\\u12g4"' }), 'escape-at-the-end': rowOf(2, { 'evt.info': '"\\"' }), 'octal-escape': rowOf(2, { 'evt.info': '"\\033[0m"' }),
  'quote-inside': rowOf(2, { 'evt.info': '"a"b"' }), 'upper-true': rowOf(2, { 'evt.num': 'True' }), 'python-none': rowOf(2, { 'proc.name': 'None' }), two: `${ROW}${ROW}`,
  'two-with-comma': `${ROW},${ROW}`, 'and-a-word': `${ROW} x`, 'and-null': `${ROW}null`, 'and-a-brace': `${ROW}{`, 'semicolon': `${ROW};`, 'array-unclosed-inside': rowOf(2, { 'evt.num': '[1' }),
  'mismatched': rowOf(2, { 'evt.num': '[1}' }), 'nul-inside': rowOf(2, { 'evt.info': '"a\u0000b"' }), 'escape-inside': rowOf(2, { 'evt.info': '"\u001b[2J"' }),
  'tab-inside': rowOf(2, { 'evt.info': '"a\tb"' }), 'cr-inside': rowOf(2, { 'evt.info': '"a\rb"' }), 'smart-quotes': ROW.replaceAll('"', '”'),
}; // prettier-ignore

/** @returns {HostileFile[]} */
const damagedRows = () => [
  ...Object.entries(DAMAGED).map(([name, line]) => between(`damaged-${name}`, line, { bad_row: 1 })),
  ...Array.from({ length: 0x20 }, (_, code) => code)
    .filter((code) => code !== 10)
    .map((code) => between(`control-${code}-in-name`, rowOf(2, { 'proc.name': `"a${String.fromCharCode(code)}b"` }), { bad_row: 1 })),
  ...Array.from({ length: 0x20 }, (_, code) =>
    between(`control-${code}-escaped-in-name`, rowOf(2, { 'proc.name': `"a\\u00${code.toString(16).padStart(2, '0')}b"` }), {}, 1),
  ),
]; // prettier-ignore

/** @returns {HostileFile[]} */
const oddTexts = () =>
  Object.entries({
    escape: '\\u001b[31m', 'clear-screen': '\\u001b[2J\\u001b[H', title: '\\u001b]0;x\\u0007', c1: '\\u009b31m', bidi: '\\u202e\\u2066', 'zero-width': '\\u200b\\ufeff',
    'line-separator': '\u2028', 'paragraph-separator': '\u2029', 'lone-high-surrogate': '\\ud800', 'lone-low-surrogate': '\\udc00', 'reversed-surrogates': '\\udc00\\ud800',
    'non-character': '\\uffff', replacement: '\ufffd', nul: '\\u0000', del: '\u007f', combining: `a${'\u0301'.repeat(500)}`, emoji: '😀', html: '<script>alert(1)</script>',
    'html-comment': '<!-- ]]> -->', sql: "'; DROP TABLE x; --", percent: '%s%n%x', shell: '$(reboot)`reboot`', path: '../../../../etc/passwd', long: 'x'.repeat(100_000),
    'pgft': 'x) pgft_maj=1', parenthesis: ')))(((', 'next': 'next=1(x)', 'slash': '\\/', backslash: '\\\\', quote: '\\"', arrow: '->224.0.0.18',
  }).flatMap(([name, text]) => [
    between(`name-${name}`, rowOf(2, { 'proc.name': `"${text}"` }), {}, 1),
    between(`info-${name}`, rowOf(2, { 'evt.info': `"${text}"` }), {}, 1),
    between(`type-${name}`, rowOf(2, { 'evt.type': `"${text}"` }), {}, 1),
    between(`next-${name}`, rowOf(2, { 'evt.type': '"switch"', 'evt.info': `"next=5(${text}) pgft_maj=0 "` }), {}, 1),
  ]); // prettier-ignore

/** Bytes that are no UTF-8. */
const BROKEN = {
  'lone-continuation': [0x80], 'overlong-slash': [0xc0, 0xaf], 'overlong-three': [0xe0, 0x80, 0xaf], 'cut-two': [0xc3], 'cut-three': [0xe6, 0xbc], 'cut-four': [0xf0, 0x9f, 0x98],
  surrogate: [0xed, 0xa0, 0x80], 'beyond-unicode': [0xf4, 0x90, 0x80, 0x80], fe: [0xfe], ff: [0xff], latin1: [0xe4, 0xf6, 0xfc],
}; // prettier-ignore

/** @returns {HostileFile[]} */
const brokenUtf8 = () =>
  Object.entries(BROKEN).map(([name, bytes]) => {
    const [before = '', behind = ''] = rowOf(2, { 'proc.name': '"a@b"' }).split('@');
    return between(
      `utf8-${name}`,
      Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]),
      {},
      1,
    );
  });

/** @param {string} text */
const utf16be = (text) => Buffer.from(text, 'utf16le').swap16();

/** @returns {HostileFile[]} */
const encodings = () => [
  file('bom', `\ufeff${rows(3)}`, 3, { byte_order_mark: 1 }),
  file('bom-alone-on-its-line', `\ufeff\n${rows(3)}`, 3, { byte_order_mark: 1, blank_line: 1 }),
  file('bom-twice', `\ufeff\ufeff${rows(3)}`, 2, { byte_order_mark: 1, bad_row: 1 }),
  file('bom-of-joined-files', `${rows(2)}\ufeff${rows(2, 5)}`, 4, { byte_order_mark: 1 }),
  file('bom-and-array', `\ufeff[\n${rows(3)}]\n`, 3, { byte_order_mark: 1, array_line: 2 }),
  refused('utf16le', Buffer.from(`\ufeff${rows(3)}`, 'utf16le')),
  refused('utf16be', utf16be(`\ufeff${rows(3)}`)),
  refused('utf16le-without-bom', Buffer.from(rows(3), 'utf16le')),
  refused('utf32le', Buffer.from([...`\ufeff${rows(2)}`].flatMap((char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8, 0, 0]))),
  refused('ebcdic-like', Buffer.from(Buffer.from(rows(3)).map((byte) => byte ^ 0x80))),
  file('cr-lf', rows(3).replaceAll('\n', '\r\n'), 3, { crlf_line: 3 }),
  file('cr-cr-lf', rows(3).replaceAll('\n', '\r\r\n'), 3, { crlf_line: 3 }),
  file('cr-only', rows(3).replaceAll('\n', '\r'), 3, { not_one_a_line: 1 }),
  file('lf-cr', rows(3).replaceAll('\n', '\n\r'), 3, { crlf_line: 1, blank_line: 1 }),
  file('mixed-line-ends', `${rowOf(1)}\r\n${rowOf(2)}\n${rowOf(3)}`, 3, { crlf_line: 1 }),
  refused('line-separator-only', rows(3).replaceAll('\n', '\u2028')),
  refused('nel-only', rows(3).replaceAll('\n', '\u0085')),
]; // prettier-ignore

/** @returns {HostileFile[]} */
const shapes = () => [
  refused('empty', ''),
  refused('line-feed', '\n'),
  refused('spaces', '   \t  '),
  refused('blank-lines', '\n'.repeat(1000)),
  refused('brackets', '[\n]\n'),
  refused('bracket', '['),
  refused('empty-object', '{}\n'),
  refused('empty-array', '[]\n'),
  refused('null', 'null\n'),
  refused('nulls', 'null\n'.repeat(1000)),
  refused('nul-bytes', Buffer.alloc(100_000)),
  refused('ff-bytes', Buffer.alloc(100_000, 0xff)),
  refused('opening-brackets', '['.repeat(200_000)),
  refused('opening-braces', '{'.repeat(200_000)),
  refused('opening-objects', '{"a":'.repeat(100_000)),
  refused('quotes', '"'.repeat(1_000_001)),
  refused('backslashes', `{"a":"${'\\'.repeat(1_000_000)}`),
  refused('commas', ','.repeat(100_000)),
  refused('one-cut-row', ROW.slice(0, 50)),
  file('one-row', ROW, 1),
  file('no-final-line-feed', rows(3).trimEnd(), 3),
  file('blank-lines-between', rows(3).replaceAll('\n', '\n\n'), 3, { blank_line: 3 }),
  file('spaces-around', rows(3).replaceAll('\n', '  \t\n  '), 3, { blank_line: 1 }),
  file('spaces-inside', rows(3).replaceAll(',', ' , ').replaceAll('":', '" : '), 3),
  file('deep-in-a-value', `${rowOf(1)}\n${rowOf(2, { 'evt.num': `${'['.repeat(1000)}${']'.repeat(1000)}` })}\n${rowOf(3)}\n`, 3),
  file('object-in-a-value', `${rowOf(1)}\n${rowOf(2, { 'evt.info': `${'{"a":'.repeat(500)}1${'}'.repeat(500)}` })}\n`, 2),
  file('null-row', `${rowOf(1)}\nnull\n null \n${rowOf(2)}\n`, 2, { null_row: 2 }),
  file('empty-objects-between', `${rowOf(1)}\n{}\n{ }\n${rowOf(2)}\n`, 2, { not_event: 2 }),
  file('array-of-2014', `[${rowOf(1)}\n,\n${rowOf(2)}\n]`, 2, { array_line: 2 }),
  file('array-without-beginning', `${rowOf(1)},\n${rowOf(2)}\n]\n`, 2, { array_line: 1 }),
  file('array-without-end', `[\n${rowOf(1)},\n${rowOf(2)},\n`, 2, { array_line: 1 }),
  file('array-closed-behind-row', `[${rowOf(1)},\n${rowOf(2)}]\n`, 2),
  file('array-closed-twice', `[${rowOf(1)}\n]\n]\n`, 1, { array_line: 2 }),
  file('array-commas-first', `[${rowOf(1)}\n,${rowOf(2)}\n , ${rowOf(3)}\n]\n`, 3, { array_line: 1 }),
  file('array-on-one-line', `[${[1, 2, 3].map((i) => rowOf(i)).join(',')}]`, 3, { not_one_a_line: 1 }),
  file('array-on-one-line-cut', `[${[1, 2, 3].map((i) => rowOf(i)).join(',')},{"evt`, 3, { not_one_a_line: 1, cut_line: 1 }),
  file('array-on-one-line-with-rubbish', `[${rowOf(1)},${rowOf(2)},x,${rowOf(3)}]`, 2, { not_one_a_line: 1, trailing_garbage: 1 }),
  file('indented', [1, 2].map((i) => rowOf(i).replaceAll(',', ',\n  ').replace('{', '{\n  ')).join('\n'), 2, { not_one_a_line: 1 }),
  file('indented-and-torn', `${rowOf(1).replaceAll(',', ',\n')}\n${rowOf(2).replace('"sendmsg"', '"sen\n"')}\n${rowOf(3)}`, 2, { not_one_a_line: 1, bad_row: 2 }),
  file('two-rows-on-a-line-among-others', `${rowOf(1)}\n${rowOf(2)}${rowOf(3)}\n${rowOf(4)}\n`, 2, { bad_row: 1 }),
  file('garbage-first', `Unable to find the probe\nretrying\n${rows(2)}`, 2, { bad_row: 2 }),
  file('first-line-cut', `${ROW.slice(60)}\n${rows(2)}`, 2, { bad_row: 1 }),
  file('statistics-at-the-end', `${rows(2)}Driver Events:5\nDriver Drops:0\nElapsed time: 1.2\n`, 2, { trailing_garbage: 3 }),
  file('messages-everywhere', `${rowOf(1)}\nx\n${rowOf(2)}\ny\n\n${rowOf(3)}\nz`, 3, { bad_row: 2, trailing_garbage: 1, blank_line: 1 }),
  file('shape-of-every-row-its-own', Array.from({ length: 200 }, (_, i) => `${rowOf(i, { [`k${i}`]: '1' })}\n`).join(''), 200),
  file('names-all-different', Array.from({ length: 500 }, (_, i) => `${rowOf(i, { 'proc.name': `"p${i}"`, 'evt.type': `"t${i}"`, 'evt.cpu': String(i), 'thread.tid': String(i) })}\n`).join(''), 500),
]; // prettier-ignore

/** Other programs' JSON, one object a line. */
const FOREIGN = {
  docker: '{"log":"{\\"evt.type\\":\\"x\\"}\\n","stream":"stdout","time":"2026-11-22T10:38:33.5Z"}',
  journal: '{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1795344191000000","_PID":"1"}',
  falco: `{"output":"x","priority":"Notice","rule":"r","time":"2026-11-22T10:38:33.5Z","output_fields":{"evt.time":${SECOND},"proc.name":"x"}}`,
  bunyan: '{"name":"x","hostname":"h","pid":1,"level":30,"msg":"m","time":"2026-11-22T10:38:33.5Z","v":0}',
  tshark: '{"timestamp":"1795344191000","layers":{"frame":{}}}',
  vitals: '{"ns":"1795344000000000000","clock":"realtime","cpu":{"0":{"steal":0}}}',
  geojson: '{"type":"Feature","geometry":null,"properties":{}}',
};

/** @returns {HostileFile[]} */
const foreign = () =>
  Object.entries(FOREIGN).flatMap(([name, line]) => [
    between(`foreign-${name}`, line, { not_event: 1 }),
    refused(`only-foreign-${name}`, `${line}\n`.repeat(3)),
  ]);

/** @returns {HostileFile[]} */
const longLines = () => {
  /** @type {(length: number) => string} */
  const ofLength = (length) => rowOf(2, { 'evt.info': `"${'y'.repeat(length - rowOf(2, { 'evt.info': '""' }).length)}"` });
  return [
    file('long-as-can-be', `${rowOf(1)}\n${ofLength(LIMIT)}\n${rowOf(3)}\n`, 3),
    file('long-by-one-byte', `${rowOf(1)}\n${ofLength(LIMIT + 1)}\n${rowOf(3)}\n`, 2, { long_line: 1 }),
    file('long-first', `${ofLength(LIMIT + 1)}\n${rowOf(3)}\n`, 1, { long_line: 1 }),
    file('long-last-and-open', `${rowOf(1)}\n${'x'.repeat(LIMIT + 7)}`, 1, { long_line: 1 }),
    file('long-spaces', `${rowOf(1)}\n${' '.repeat(1_000_000)}x\n${rowOf(3)}\n`, 2, { bad_row: 1 }),
  ];
}; // prettier-ignore

/** The last row cut behind each of its bytes that matters: every quote, colon, comma, brace and digit of the time. */
const cuts = () => {
  const at = [...ROW].flatMap((char, i) => ('":,{'.includes(char) ? [i + 1] : []));
  const places = [...new Set([...at, ROW.indexOf(String(SECOND + 2n)) + 5, ROW.length - 1])].filter((place) => place < ROW.length);
  return places.map((place) => file(`cut-behind-byte-${place}`, `${rows(2)}${ROW.slice(0, place)}`, 2, { cut_line: 1 }));
}; // prettier-ignore

/** @returns {HostileFile[]} */
const compressed = () => {
  const whole = gzipSync(rows(2000));
  const other = gzipSync(rows(5, 5000));
  const all = { events: 2000, counters: {} };
  return [
    { name: 'gzip', bytes: whole, expect: all },
    { name: 'gzip-of-several-members', bytes: Buffer.concat([whole, gzipSync(''), other]), expect: { ...all, events: 2005 } },
    { name: 'gzip-with-zeros-behind', bytes: Buffer.concat([whole, Buffer.alloc(5000)]), expect: all },
    { name: 'gzip-with-rubbish-behind', bytes: Buffer.concat([whole, Buffer.from('rubbish')]), expect: { ...all, counters: { compressed_input_damaged: 1 } } },
    { name: 'gzip-without-its-checksum', bytes: whole.subarray(0, -8), expect: { ...all, counters: { compressed_input_cut: 1 } } },
    { name: 'gzip-without-its-last-byte', bytes: whole.subarray(0, -1), expect: { ...all, counters: { compressed_input_cut: 1 } } },
    { name: 'gzip-cut-in-second-header', bytes: Buffer.concat([whole, other.subarray(0, 5)]), expect: { ...all, counters: { compressed_input_cut: 1 } } },
    refused('gzip-of-nothing', gzipSync('')),
    refused('gzip-header-alone', whole.subarray(0, 10), 'cut before anything could be read'),
    refused('gzip-bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024))),
  ];
}; // prettier-ignore

/** @returns {HostileFile[]} */
export const hostileLines = () => [
  ...noRows(),
  ...damagedRows(),
  ...oddTexts(),
  ...brokenUtf8(),
  ...encodings(),
  ...shapes(),
  ...foreign(),
  ...longLines(),
  ...cuts(),
  ...compressed(),
];
