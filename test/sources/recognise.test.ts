import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/sources/recognise.js';
import { parseSysdigStats } from '../../src/sources/sysdig-stats.js';
import { recording, rowOf } from './reading-traces.js';

const kindOf = (text: string): string => recognise(Buffer.from(text));

describe('recognise', () => {
  it.each(readdirSync(recording('')).filter((name) => !name.includes('.')))('every file of traces/%s', (folder) => {
    for (const name of readdirSync(recording(folder))) {
      const bytes = readFileSync(recording(`${folder}/${name}`));
      const kind = recognise(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
      if (bytes.length === 0) expect(kind, name).toBe('empty');
      else if (name.startsWith('trace.jsonl')) expect(kind, name).toBe('sysdig-json');
      else if (name.endsWith('.pcap')) expect(kind, name).toBe('pcap');
      else if (name.endsWith('.log') || name === 'syslog.txt') expect(kind, name).toBe('keepalived-log');
      else if (name.startsWith('trace.scap')) expect(kind, name).toBe('scap');
      else if (name === 'sysdig.txt') expect(kind, name).toBe('sysdig-text');
      else if (name === 'perf.txt.gz') expect(kind, name).toBe('perf-script');
      else if (/^(?:trace-cmd|ftrace)\.txt/.test(name)) expect(kind, name).toBe('trace-cmd');
      else if (/^(?:trace\.strace|strace\.txt)/.test(name)) expect(kind, name).toBe('strace');
      else expect(kind, name).toBe('unknown');
    }
  });

  it.each([
    ['a row', rowOf(1)],
    ['a row behind a byte-order mark', `\ufeff${rowOf(1)}\n`],
    ['the array form', `[\n${rowOf(1)},\n`],
    ['the array form on one line', `[${rowOf(1)},\n`],
    ['a row behind a cut line, rubbish and blank lines', `ype":"read"}\n\nnull\nnoise\n${rowOf(1)}\n`],
    ['a cut row', rowOf(1).slice(0, 30)],
    ['rows with other fields', '{"proc.name":"x","fd.name":null}\n'],
    ['spaces', '{ "evt.num" : 1 }'],
    ['CR LF', `${rowOf(1)}\r\n`],
  ])('sysdig JSON: %s', (_, text) => {
    expect(kindOf(text)).toBe('sysdig-json');
  });

  it.each([
    ['other JSON rows', '{"a":1}\n{"b":2}\n'],
    ['JSON that speaks of sysdig', String.raw`{"message":"{\"evt.num\":1}"}`],
    ['keys in texts', '{"message":"evt.num"}'],
    ['prose', 'Dear reader,\n'],
    ['zeros', '\0\0\0\0\0\0\0\0'],
    ['a number', '42'],
  ])('unknown: %s', (_, text) => {
    expect(kindOf(text)).toBe('unknown');
  });

  it.each(['', '\n', ' \r\n\n'])('empty: %j', (text) => {
    expect(kindOf(text)).toBe('empty');
  });

  it('the text of tcpdump', () => {
    const line =
      '21:55:06.745865 IP 10.0.0.91 > 224.0.0.18: VRRPv2, Advertisement, vrid 42, prio 191, authtype simple, intvl 10s, length 28';
    expect(kindOf(`${line}\n`)).toBe('tcpdump-text');
  });

  it.each([
    'Sep 10 17:01:26 lb01 Keepalived_vrrp[10400]: VRRP_Instance(VI_1) Received higher prio advert',
    '2026-11-22T11:32:02.123456+00:00 lb01 Keepalived[380]: Starting Keepalived v2.2.7 (01/16,2022)',
    'Sun Nov 22 11:32:06 2026: (VI_1) Entering MASTER STATE',
    'Sun Nov 22 11:32:02 2026: (VI_1) received an invalid passwd!',
    '{"SYSLOG_IDENTIFIER":"Keepalived_vrrp","MESSAGE":"(VI_1) Entering MASTER STATE"}',
  ])('keepalived: %s', (line) => {
    expect(kindOf(`Nov 22 11:00:00 lb01 systemd[1]: Started something.\n${line}\n`)).toBe('keepalived-log');
  });

  it.each([
    '368250 17:01:21.339942868 0 keepalived (10400) > sendmsg fd=13(192.168.205.8->224.0.0.18) size=40',
    '369051 1410368483.621071175 3  (0) > switch next=7 pgft_maj=0',
  ])('the text of sysdig: %s', (line) => {
    expect(kindOf(`${line}\n`)).toBe('sysdig-text');
  });

  describe('section headers', () => {
    const header = (next: number, little: boolean): Buffer => {
      const bytes = Buffer.alloc(40);
      const words: [number, number][] = [
        [0x0a0d0d0a, 0],
        [28, 4],
        [0x1a2b3c4d, 8],
        [28, 24],
        [next, 28],
        [32, 32],
      ];
      for (const [word, at] of words)
        if (little) bytes.writeUInt32LE(word, at);
        else bytes.writeUInt32BE(word, at);
      if (little) bytes.writeUInt16LE(1, 12);
      else bytes.writeUInt16BE(1, 12);
      return bytes;
    };
    it.each([true, false])('of scap and of pcapng are told apart by the block behind (little endian: %s)', (little) => {
      expect(recognise(header(0x201, little))).toBe('scap');
      expect(recognise(header(1, little))).toBe('pcapng');
    });
  });
});

describe('parseSysdigStats', () => {
  it('reads what sysdig -v prints when it ends', () => {
    const text = readFileSync(recording('clean/trace.stats.txt'), 'utf8');
    expect(parseSysdigStats(text)).toEqual({ known: true, dropped: 0, offered: 316299 });
  });

  it('counts drops, with any spaces and line ends, and takes the last statement', () => {
    const text = 'x\r\n  Driver Events: 1000\r\n  Driver Drops: 250\r\n';
    expect(parseSysdigStats(text)).toEqual({ known: true, dropped: 250, offered: 1000 });
    expect(parseSysdigStats(`${text}Driver Events:5\nDriver Drops:1\n`)).toEqual({
      known: true,
      dropped: 1,
      offered: 5,
    });
  });

  it('knows nothing where nothing was said', () => {
    expect(parseSysdigStats('')).toEqual({ known: false, dropped: 0 });
    expect(parseSysdigStats('Driver Events:5\n')).toEqual({ known: false, dropped: 0 });
    expect(parseSysdigStats('Driver Drops:5\n')).toEqual({ known: true, dropped: 5 });
  });
});
