// @ts-check
/** @typedef {import('./captures.js').HostileCapture} HostileCapture */

const UNREADABLE = 'tcpdump_text_unreadable_line';
const UNKNOWN = 'tcpdump_text_unknown_line';
const LONG = 'tcpdump_text_long_line';
const WRAPPED = 'tcpdump_text_wrapped_line';
const OTHER = 'tshark_other_line';
const COLUMNS = 'tshark_wrong_columns';
const PACKET = 'tshark_unreadable_packet';
const BROKEN = 'tshark_broken_json';

/** @param {string} name @param {string | Uint8Array} text @param {number} advertisements @param {Record<string, number>} [counters] @returns {HostileCapture} */
const reads = (name, text, advertisements, counters = {}) => ({
  name,
  bytes: Buffer.from(text),
  expect: { counters, advertisements },
});
/** @param {string} name @param {string | Uint8Array} text @param {string} refusal @returns {HostileCapture} */
const refuses = (name, text, refusal) => ({ name, bytes: Buffer.from(text), expect: { refusal } });

const body =
  'IP 10.0.0.91 > 224.0.0.18: VRRPv2, Advertisement, vrid 42, prio 191, authtype simple, intvl 1s, length 20';
const line = `1394056506.745865 ${body}\n`;
/** @param {string} from @param {string} to */
const changed = (from, to) => line.replace(from, to);
/** @param {number} columns */
const wrapped = (columns) => line.replace(new RegExp(`.{${columns}}(?=.)`, 'g'), '$&\n');

const tcpdump = () => [
  ...[
    ['a router id of 256', 'vrid 42', 'vrid 256'],
    ['a router id of 30 digits', 'vrid 42', `vrid ${'9'.repeat(30)}`],
    ['a priority of 256', 'prio 191', 'prio 256'],
    ['a negative priority', 'prio 191', 'prio -1'],
    ['an interval of 256 s', 'intvl 1s', 'intvl 256s'],
    ['an interval of another version', 'intvl 1s', 'intvl 100cs'],
    ['an interval without unit', 'intvl 1s', 'intvl 1'],
    ['no interval', ', intvl 1s', ''],
    ['no priority', ', prio 191', ''],
    ['no length', ', length 20', ''],
    ['no addresses', '10.0.0.91 > 224.0.0.18: ', ''],
    ['an escape in the router id', 'vrid 42', 'vrid \x1b[31m42'],
  ].map(([what = '', from = '', to = '']) =>
    reads(`tcpdump: ${what}`, line + changed(from, to), 1, { [UNREADABLE]: 1 }),
  ),
  reads('tcpdump: a version of 99', line + changed('VRRPv2', 'VRRPv99'), 1, { vrrp_other_version: 1 }),
  reads('tcpdump: a type of its own', line + changed('Advertisement', 'unknown type (7)'), 1, { vrrp_other_type: 1 }),
  reads(
    'tcpdump: cut by the snapshot',
    line +
      changed('VRRPv2, Advertisement, vrid 42', ' [|vrrp]')
        .replace(':  [', ': [')
        .replace(/\[\|vrrp\].*/, '[|vrrp]')
        .replace(': [', ': VRRPv2, Advertisement, ['),
    1,
    { vrrp_truncated: 1 },
  ),
  reads('tcpdump: a wrong checksum', line + changed('length 20', 'length 20, (bad vrrp cksum bad0!)'), 2, {
    vrrp_bad_checksum: 1,
  }),
  reads('tcpdump: a TTL', line + changed('vrid', '(ttl 64), vrid'), 2),
  reads('tcpdump: a line of 70,000 bytes', `${line}${'x'.repeat(70_000)}\n${line}`, 2, { [LONG]: 1 }),
  reads('tcpdump: a last line of 3 MB without end', line + 'x'.repeat(3_000_000), 1, { [LONG]: 1 }),
  reads('tcpdump: an advertisement of 60,000 bytes', line + changed('\n', ` ${'y'.repeat(60_000)}\n`), 2),
  reads('tcpdump: an advertisement behind 60,000 bytes', line + changed('IP ', `IP ${'y'.repeat(60_000)} `), 1),
  reads('tcpdump: 20,000 arrows in a line', line + changed('IP ', `IP ${'a > b: '.repeat(8000)}`), 1),
  reads(
    'tcpdump: brackets of -v without end',
    `${line}${changed(body, `IP (tos 0x0, ${'('.repeat(5000)})`)}${line}`,
    2,
  ),
  reads(
    'tcpdump: a packet of -v without its second line',
    line + changed(body, 'IP (tos 0x0, ttl 255, id 3, offset 0, flags [none], proto VRRP (112), length 40)'),
    1,
    { capture_cut_record: 1 },
  ),
  reads('tcpdump: NULs in a line', line + changed('Advertisement', 'Adver\0tisement'), 1, { [UNREADABLE]: 1 }),
  reads('tcpdump: NULs to the end, as a crash leaves', line + '\0'.repeat(5000), 1, { capture_cut_record: 1 }),
  reads(
    'tcpdump: bytes that are no UTF-8',
    Buffer.concat([Buffer.from(line), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a]), Buffer.from(line)]),
    2,
    { [UNKNOWN]: 1 },
  ),
  reads('tcpdump: control characters in a name', line + changed('10.0.0.91', 'gw\x1b[2J\x07'), 1, { [UNREADABLE]: 1 }),
  reads(
    'tcpdump: a terminal’s scrollback',
    `root@gw:~# tcpdump -tt vrrp\n${line}^Croot@gw:~# \n${line}root@gw:~# exit\n`,
    2,
    { [UNKNOWN]: 2 },
  ),
  ...[20, 36, 40, 52, 80, 110].map((columns) =>
    reads(`tcpdump: a line wrapped by a terminal of ${columns} columns`, line + wrapped(columns) + line, 3, {
      [WRAPPED]: 1,
    }),
  ),
  reads('tcpdump: a wrapped line whose rest is missing', line + line.slice(0, 80) + '\n' + line, 2, {
    [UNREADABLE]: 1,
  }),
  reads('tcpdump: a wrapped line whose rest is another', `${line}${line.slice(0, 80)}\n# tcpdump -tt\n${line}`, 2, {
    [UNREADABLE]: 1,
    [UNKNOWN]: 1,
  }),
  reads('tcpdump: a wrapped line that ends', line + wrapped(80).slice(0, -9), 1, {
    [UNREADABLE]: 1,
    capture_cut_record: 1,
  }),
  reads('tcpdump: closing lines behind a cut line', `${line}${line.slice(0, 80)}\n3 packets captured\n`, 1, {
    [UNREADABLE]: 1,
  }),
  reads(
    'tcpdump: ten lines of rubbish behind a cut one',
    line + line.slice(0, 80) + '\nrubbish'.repeat(10) + '\n' + line,
    2,
    {
      [UNREADABLE]: 1,
      [UNKNOWN]: 10,
    },
  ),
  reads(
    'tcpdump: an advertisement forged behind the packet it is in',
    `${line}1394056507.000000 IP 10.0.0.5.80 > 10.0.0.6.1234: Flags [P.], length 100: HTTP\n${body}\n${line}`,
    2,
    { [WRAPPED]: 1 },
  ),
  reads('tcpdump: the time 0', changed('1394056506.745865', '0.000000'), 1),
  reads('tcpdump: a time of 30 digits', line + changed('1394056506', '9'.repeat(30)), 1, { [UNKNOWN]: 1 }),
  reads('tcpdump: a far time', line + changed('1394056506', '999999999999'), 1, { capture_time_out_of_range: 1 }),
  reads('tcpdump: equal times', line + line + line, 3),
  reads('tcpdump: times backwards', line + changed('1394056506', '1394056400'), 2, { tcpdump_text_time_backwards: 1 }),
  reads('tcpdump: two forms of time', `${line}21:55:06.745865 ${body}\n${line}`, 2, { tcpdump_text_mixed_times: 1 }),
  reads('tcpdump: the hour 24', `21:55:06.745865 ${body}\n24:00:00.000000 ${body}\n`, 1, { [UNKNOWN]: 1 }),
  reads('tcpdump: 31 February', `2014-02-28 21:55:06.745865 ${body}\n2014-02-31 21:55:06.745865 ${body}\n`, 1, {
    [UNKNOWN]: 1,
    tcpdump_text_zone_assumed: 1,
  }),
  reads(
    'tcpdump: an advertisement quoted by a log',
    line + changed('IP ', 'IP 10.0.0.5.514 > 10.0.0.6.514: SYSLOG daemon.info, Msg: '),
    1,
  ),
  reads('tcpdump: closing lines of 15 digits', `${line}999999999999999 packets dropped by kernel\n`, 1),
  refuses('tcpdump: no times', `${body}\n${body}\n`, 'input, line 1: the packets have no time (tcpdump -t)'),
  refuses('text that is nothing', 'lorem ipsum\n'.repeat(100), 'not recognised'),
  refuses('control characters alone', '\x1b[2J\x07\b\r\n'.repeat(50), 'not recognised'),
];

const NAMES = 'frame.time_epoch\tip.src\tip.dst\tvrrp.version\tvrrp.virt_rtr_id\tvrrp.prio\tvrrp.adver_int';
const header = `${NAMES}\n`;
const row = '1795350122.452611545\t192.168.205.8\t224.0.0.18\t2\t205\t101\t1\n';
/** @param {number} column @param {string} value */
const withValue = (column, value) =>
  `${row
    .trimEnd()
    .split('\t')
    .map((one, i) => (i === column ? value : one))
    .join('\t')}\n`;

const fields = () => [
  ...[
    ['a time that is none', 0, 'yesterday'],
    ['a time of 30 digits', 0, '9'.repeat(30)],
    ['no time', 0, ''],
    ['a source with an escape', 1, '10.0.0.1\x1b[2J'],
    ['a source with a NUL', 1, '10.0.0.1\0'],
    ['no source', 1, ''],
    ['a destination of spaces', 2, '   '],
    ['a version that is none', 3, 'two'],
    ['a version of 16', 3, '16'],
    ['a router id of 256', 4, '256'],
    ['a router id of 30 digits', 4, '9'.repeat(30)],
    ['a negative router id', 4, '-1'],
    ['a priority of 256', 5, '256'],
    ['a priority with a fraction', 5, '1.5'],
    ['an interval of 256 s', 6, '256'],
    ['an interval of a thousand digits', 6, '1'.repeat(1000)],
  ].map(([what, column, value]) =>
    reads(`tshark fields: ${what}`, header + row + withValue(Number(column), String(value)), 1, { [PACKET]: 1 }),
  ),
  reads('tshark fields: a version of 9', header + row + withValue(3, '9'), 1, { vrrp_other_version: 1 }),
  reads('tshark fields: no router id', header + row + withValue(4, ''), 1, { vrrp_truncated: 1 }),
  reads('tshark fields: no priority', header + row + withValue(5, ''), 1, { vrrp_truncated: 1 }),
  reads('tshark fields: two sources, as of a tunnel', header + row + withValue(1, '10.0.0.1,10.0.0.2'), 1),
  reads('tshark fields: two priorities, as of a quoted packet', header + row + withValue(5, '100+200'), 1),
  reads('tshark fields: a column too many', `${header}${row}${row.trimEnd()}\t7\n`, 1, { [COLUMNS]: 1 }),
  reads('tshark fields: a column too few', `${header}${row}1795350122.4\t10.0.0.1\n`, 1, { [COLUMNS]: 1 }),
  reads('tshark fields: 100,000 columns', `${header}${row}${'\t'.repeat(60_000)}\n`, 1, { [COLUMNS]: 1 }),
  reads('tshark fields: a quote that is not closed', header + row + withValue(1, '"10.0.0.1'), 1, { [COLUMNS]: 1 }),
  reads('tshark fields: 10,000 quotes', `${header}${row}${'"a\t'.repeat(10_000)}\n`, 1, { [COLUMNS]: 1 }),
  reads('tshark fields: rubbish between lines', `${header}${row}segmentation fault\n${row}`, 2, { [OTHER]: 1 }),
  reads('tshark fields: the header again', header + row + header + row, 2),
  reads('tshark fields: a line of 70,000 bytes', `${header}${row}${'x'.repeat(70_000)}\n${row}`, 2, { [LONG]: 1 }),
  reads('tshark fields: a last line that is cut', header + row + row.slice(0, -1), 1, { capture_cut_record: 1 }),
  reads('tshark fields: a header alone', header, 0),
  reads('tshark fields: a column twice', header.replace('\n', '\tip.src\n') + row.replace('\n', '\t10.9.9.9\n'), 1),
  reads('tshark fields: from 1970 to 9999', header + withValue(0, '0.5') + withValue(0, '9999-12-31T23:59:59Z'), 1, {
    capture_time_out_of_range: 1,
  }),
  reads('tshark fields: a negative time', header + withValue(0, '-0.000000001') + withValue(0, '1.0'), 2),
  reads('tshark fields: the 31st of February', header + row + withValue(0, '2026-02-31T00:00:00Z'), 1, { [PACKET]: 1 }),
  refuses(
    'tshark fields: other columns in all lines',
    `${header}a\tb\nc\td\n`,
    'input: no line has as many columns as the header',
  ),
  ...[
    ['frame.time_epoch', 'time'],
    ['ip.src', 'source'],
    ['vrrp.virt_rtr_id', 'virtual router id'],
    ['vrrp.prio', 'priority'],
  ].map(([field = '', what = '']) =>
    refuses(
      `tshark fields: a header without ${field}`,
      header.replace(field, 'eth.src') + row,
      `input, line 1: tshark's packets show no ${what}`,
    ),
  ),
  reads('tshark fields: no header, the usual order, equal times', row.repeat(9), 9, { tshark_interval_unsure: 1 }),
  refuses(
    'tshark fields: no header, no version',
    row.replace('\t2\t', '\t').repeat(9),
    'input, line 1: nothing says which columns hold the router id and the priority',
  ),
  refuses(
    'tshark fields: no header, two columns with zeros',
    withValue(4, '0').replace('\t101\t', '\t0\t').repeat(9),
    'input, line 1: nothing says which columns hold the router id and the priority',
  ),
  refuses(
    'tshark fields: no header, no numbers',
    '1795350122.452\t10.0.0.1\ta\tb\n'.repeat(9),
    'input, line 1: nothing says which columns hold the router id and the priority',
  ),
  refuses(
    'tshark: its packet list',
    '    1 0.000000000 192.168.205.8 → 224.0.0.18   VRRP 54 Announcement (v2)\n',
    "input, line 1: tshark's packets show no virtual router id",
  ),
];

/** @param {Record<string, unknown>} [more] @param {Record<string, unknown>} [vrrp] */
const layers = (more = {}, vrrp = {}) => ({
  frame: { 'frame.time_epoch': '1795350122.452611545', 'frame.number': '1' },
  ip: { 'ip.id': '0x0009', 'ip.src': '192.168.205.8', 'ip.dst': '224.0.0.18' },
  vrrp: {
    'vrrp.typever': '33',
    'vrrp.typever_tree': { 'vrrp.version': '2', 'vrrp.type': '1' },
    'vrrp.virt_rtr_id': '205',
    'vrrp.prio': '101',
    'vrrp.adver_int': '1',
    'vrrp.auth_string': 'hush-pw!',
    ...vrrp,
  },
  ...more,
});
/** @param {unknown} of */
const packet = (of) =>
  JSON.stringify({ _index: 'packets-2026-11-22', _type: 'doc', _score: null, _source: { layers: of } }, null, 2);
const good = packet(layers());
/** @param {readonly string[]} packets */
const list = (...packets) => `[\n${packets.join(',\n')}\n]\n`;
/** The message's text with a value that is no JSON. @param {string} from @param {string} to */
const damaged = (from, to) => good.replace(from, to);

const json = () => [
  ...[
    ['a router id of 256', { 'vrrp.virt_rtr_id': '256' }],
    ['a router id that is none', { 'vrrp.virt_rtr_id': 'x' }],
    ['a router id of null', { 'vrrp.virt_rtr_id': null }],
    ['a priority of true', { 'vrrp.prio': true }],
    ['a priority of 1e99', { 'vrrp.prio': 1e99 }],
    ['an interval below 0', { 'vrrp.adver_int': -1 }],
  ].map(([what, vrrp]) =>
    reads(
      `tshark json: ${String(what)}`,
      list(good, packet(layers({}, /** @type {Record<string, unknown>} */ (vrrp)))),
      1,
      { [PACKET]: 1 },
    ),
  ),
  reads(
    'tshark json: numbers instead of texts',
    list(packet(layers({}, { 'vrrp.virt_rtr_id': 205, 'vrrp.prio': 101 }))),
    1,
  ),
  reads('tshark json: an object for a number', list(good, packet(layers({}, { 'vrrp.prio': { a: '1' } }))), 1, {
    vrrp_truncated: 1,
  }),
  reads('tshark json: two values in an array', list(good, packet(layers({}, { 'vrrp.prio': ['1', '2'] }))), 1),
  reads(
    'tshark json: a priority of 100,000 digits',
    list(good, packet(layers({}, { 'vrrp.prio': '1'.repeat(100_000) }))),
    1,
    { vrrp_truncated: 1 },
  ),
  reads('tshark json: a key of 100,000 characters', list(packet(layers({ ['k'.repeat(100_000)]: '1' })), good), 2),
  reads('tshark json: a text of 3 MB', list(packet(layers({ data: 'x'.repeat(3_000_000) })), good), 2),
  reads(
    'tshark json: a source with an escape',
    list(good, packet(layers({ ip: { 'ip.src': '10.0.0.1\x1b[2J', 'ip.dst': '224.0.0.18' } }))),
    1,
    { [PACKET]: 1 },
  ),
  reads('tshark json: a source with a NUL', list(good, packet(layers({ ip: { 'ip.src': '10.0.0.1\0' } }))), 1, {
    [PACKET]: 1,
  }),
  reads('tshark json: no time in one packet', list(good, packet(layers({ frame: {} }))), 1, { [PACKET]: 1 }),
  reads(
    'tshark json: two layers of IP',
    list(good, good.replace('"ip": {', '"ip": {"ip.src": "10.9.9.9"},\n"ip": {')),
    1,
  ),
  reads('tshark json: layers within layers', list(packet({ ...layers(), layers: { 'vrrp.prio_raw': '1' } }), good), 2),
  reads(
    'tshark json: 100 brackets',
    list(packet(layers({ x: '[' })).replace('"["', '['.repeat(100) + ']'.repeat(100)), good),
    2,
  ),
  reads(
    'tshark json: 100,000 brackets',
    list(packet(layers({ x: '[' })).replace('"["', '['.repeat(100_000)), good),
    1,
    { [BROKEN]: 1 },
  ),
  reads(
    'tshark json: 100,000 braces',
    list(packet(layers({ x: '{' })).replace('"{"', '{"a":'.repeat(100_000)), good),
    1,
    { [BROKEN]: 1 },
  ),
  reads('tshark json: brackets that do not fit', list(damaged('"vrrp.prio"', ']"vrrp.prio"'), good), 1, {
    [BROKEN]: 1,
  }),
  reads('tshark json: a missing comma', list(damaged('"101",', '"101"'), good), 1, { [BROKEN]: 1 }),
  reads('tshark json: a missing colon', list(damaged('"vrrp.prio":', '"vrrp.prio"'), good), 1, { [BROKEN]: 1 }),
  reads('tshark json: a text that is not closed', list(damaged('"101"', '"101'), good), 1, { [BROKEN]: 1 }),
  reads('tshark json: a bare word', list(damaged('"101"', 'hundred'), good), 1, { [BROKEN]: 1 }),
  reads('tshark json: a control character in a text', list(damaged('"101"', '"1\x0101"'), good), 1, { [BROKEN]: 1 }),
  reads('tshark json: an escape that is none', list(good, damaged('"101"', '"\\q"')), 1, { vrrp_truncated: 1 }),
  reads('tshark json: rubbish between packets', `[\n${good},\n%%%%\n${good}\n]\n`, 2, { [BROKEN]: 1 }),
  reads('tshark json: the end is missing', list(good, good).slice(0, -3), 2),
  reads('tshark json: cut in the middle', list(good, good).slice(0, -200), 1, { capture_cut_record: 1 }),
  reads('tshark json: one packet a line, no array', `${good.replaceAll('\n', '')}\n${good.replaceAll('\n', '')}\n`, 2),
  reads('tshark json: bytes that are no UTF-8', Buffer.from(list(packet(layers({ x: 'äöü' })), good), 'latin1'), 2),
  refuses(
    'tshark json: VRRP filtered away',
    list(packet({ vrrp: { filtered: 'vrrp' } })),
    "input: tshark's packets show no source",
  ),
  refuses('tshark json: no times', list(packet(layers({ frame: {} }))), "input: tshark's packets show no time"),
];

const index = '{"index":{"_index":"packets-2026-11-22","_type":"doc"}}\n';
/** @param {unknown} of */
const ekLine = (of) => `${index}${JSON.stringify({ timestamp: '1795350122452', layers: of })}\n`;
const ekGood = ekLine(layers());

const ek = () => [
  reads('tshark ek: cut in the middle', ekGood + ekGood.slice(0, -50), 1, { capture_cut_record: 1 }),
  reads('tshark ek: a line feed in a packet', ekGood + ekGood.replace('"ip":', '"ip":\n') + ekGood, 2, {
    [BROKEN]: 1,
    [OTHER]: 1,
  }),
  reads(
    'tshark ek: a brace is missing behind the index and behind the packet',
    ekGood + ekGood.replace('}}\n', '}\n').replace(/\}\}\n$/, '}\n') + ekGood,
    3,
    {
      [BROKEN]: 2,
    },
  ),
  reads('tshark ek: a text that is not closed', ekGood + ekGood.replace('"101"', '"101') + ekGood, 2, { [BROKEN]: 1 }),
  reads('tshark ek: 100,000 brackets', `${ekGood}{"timestamp":"1","layers":{"x":${'['.repeat(100_000)}\n${ekGood}`, 2, {
    [BROKEN]: 1,
  }),
  reads('tshark ek: rubbish between lines', `${ekGood}%%%%\n${ekGood}`, 2, { [OTHER]: 1 }),
  reads('tshark ek: a timestamp and no time', ekLine(layers({ frame: {} })), 1, { tshark_times_in_milliseconds: 1 }),
  reads(
    'tshark ek: a timestamp of 30 digits',
    ekGood + ekLine(layers({ frame: {} })).replace('1795350122452', '9'.repeat(30)),
    1,
    { [PACKET]: 1 },
  ),
  reads(
    'tshark ek: layers that are none',
    `${ekGood}{"timestamp":"1","layers":[1,2]}\n{"timestamp":"1","layers":7}\n`,
    1,
  ),
  reads('tshark ek: NULs to the end, as a crash leaves', ekGood + '\0'.repeat(5000), 1, { [OTHER]: 1 }),
  reads('tshark ek: a line of 3 MB', ekGood + ekLine(layers({ x: 'y'.repeat(3_000_000) })), 2),
];

/** @returns {HostileCapture[]} */
export const textCaptures = () => [...tcpdump(), ...fields(), ...json(), ...ek()];
