/** Text of tcpdump as a terminal's scrollback has it: lines broken at its width. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, ipv6, pcap, vrrp2, vrrp3 } from './packet-builder.js';
import { contentOf, readAny, recordedCapture, tcpdump, timesOf } from './reading.js';

const WIDTHS = Array.from({ length: 100 }, (_, i) => 50 + i);

/** How a terminal, or who copies from it, treats a space at the break. */
const BREAKS: Readonly<Record<string, (line: string, width: number) => string>> = {
  'as they are': (line, width) => line.replace(new RegExp(`.{${String(width)}}(?=.)`, 'g'), '$&\n'),
  'without spaces at their ends': (line, width) =>
    line.replace(new RegExp(`.{${String(width)}}(?=.)`, 'g'), (piece) => `${piece.trimEnd()}\n`),
};

const wrap = (text: string, width: number, how: string): string =>
  text
    .split('\n')
    .map((line) => BREAKS[how]!(line, width))
    .join('\n');

const folder = mkdtempSync(join(tmpdir(), 'whylate-wrapped-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ['the default', []],
  ['-n', ['-n']],
  ['-n -tttt', ['-n', '-tttt']],
  ['-n -tt -#', ['-n', '-tt', '-#']],
  ['-n -tt -e', ['-n', '-tt', '-e']],
  ['-n -tt -v', ['-n', '-tt', '-v']],
  ['-n -tttt -vvv -e', ['-n', '-tttt', '-vvv', '-e']],
] as const)('%s', (_, args) => {
  let text: string;
  beforeAll(() => {
    const frames = Array.from({ length: 12 }, (_, i) => [
      ethernet(ipv4(vrrp2({ seconds: 1, auth: i % 2 }))),
      ethernet(ipv4(vrrp3({ addressBytes: 4, centiseconds: 100 }))),
      ethernet(ipv6(vrrp3({ centiseconds: 100 }))),
    ]).flat();
    const path = join(folder, 'made.pcap');
    writeFileSync(path, pcap(frames.map((frame, i) => ({ seconds: 1_795_347_034 + i, fraction: 0, frame }))));
    const recorded = tcpdump(recordedCapture('flood/capture.receiver.pcap'), ...args, '-c', '40');
    text = tcpdump(path, ...args) + recorded;
  });

  it.each(Object.keys(BREAKS))('is read whatever the width, with pieces %s', async (how) => {
    const whole = await readAny(text);
    expect(whole.capture.advertisements.length).toBeGreaterThan(50);
    for (const width of WIDTHS) {
      const { capture, counts } = await readAny(wrap(text, width, how));
      expect(capture.advertisements.map(contentOf), `width ${String(width)}`).toEqual(
        whole.capture.advertisements.map(contentOf),
      );
      expect(timesOf(capture)).toEqual(timesOf(whole.capture));
      expect(counts['tcpdump_text_unreadable_line'], `width ${String(width)}`).toBeUndefined();
    }
  });
});
