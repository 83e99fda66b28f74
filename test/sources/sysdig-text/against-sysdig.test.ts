import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { asSysdigText, type TextForm } from '../../../scripts/encodings/sysdig-text.js';
import { parseRow } from '../../support/transform-trace.js';
import { recording, type PlainEvent } from '../reading-traces.js';
import { hasSysdig, readJson, readText, runSysdig } from './reading.js';

const SCAP = recording('vm-paused/trace.scap.gz');
const EVENTS = 3500;
const DAY = 86_400_000_000_000n;

/** `sysdig -r` of the recording, its first events, those that are not printed counted, too. */
const print = (...args: readonly string[]): string => runSysdig(['-r', SCAP, '-n', String(EVENTS), ...args]);

let json: string | null = null;
const asJson = (): string => (json ??= print('-j'));

const FORMS: readonly (readonly [form: TextForm, args: readonly string[]])[] = [
  [{ time: 'h' }, []],
  [{ time: 'h' }, ['-t', 'h']],
  [{ time: 'a' }, ['-t', 'a']],
  [{ time: 'r' }, ['-t', 'r']],
  [{ time: 'D' }, ['-t', 'D']],
  [{ time: 'a', container: true }, ['-t', 'a', '-pc']],
];

/** The first place where two lists differ; what differs is not printed whole, for it is long. */
const firstDifference = <T>(
  found: readonly T[],
  expected: readonly T[],
): { at: number; found: unknown; expected: unknown } | null => {
  const at = expected.findIndex((value, i) => !isDeepStrictEqual(value, found[i]));
  if (at < 0)
    return found.length === expected.length
      ? null
      : { at: expected.length, found: found.length, expected: expected.length };
  return { at, found: found[at], expected: expected[at] };
};

/** What a text does not tell: a kernel thread's missing name from the name `<NA>`. */
const asText = (event: PlainEvent, shift: bigint): PlainEvent => ({
  ...event,
  time: event.time - shift,
  comm: event.comm === '<NA>' ? '' : event.comm,
});

describe.skipIf(!hasSysdig)('what a real sysdig prints', () => {
  it.each(FORMS)('is read as its JSON: %j', async (form, args) => {
    const text = print(...args);
    const events = await readJson(asJson());
    expect(events.length).toBeGreaterThan(EVENTS / 2);
    const read = await readText(text);
    const first = events[0]?.time ?? 0n;
    const shift = { a: 0n, h: first - (first % DAY), D: first, r: first - (read.events[0]?.time ?? 0n) }[form.time];
    const expected = events.map((event) => asText(event, shift));
    expect(firstDifference(read.events, expected)).toBeNull();
    expect(read.open.header.clock).toBe({ h: 'time-of-day', a: 'epoch', r: 'relative', D: 'relative' }[form.time]);
    expect(read.counters.list().map(({ name }) => name)).toEqual(form.time === 'D' ? ['sysdig_text_summed_times'] : []);
  });

  it.each(FORMS.slice(1))('is what the tests make of its JSON: %j', (form, args) => {
    const text = print(...args).split('\n');
    const rows = asJson().trimEnd().split('\n').map(parseRow);
    const since = BigInt((text[0]?.split(' ')[1] ?? '').replace(/\D/g, ''));
    const start = form.time === 'r' ? { start: rows[0]!.time - since } : {};
    const lines = [...rows.map(asSysdigText({ ...form, ...start })), ''];
    expect(firstDifference(lines, text)).toBeNull();
  });

  it.each(['%evt.datetime', '%evt.time.iso8601'])('is read with times as %s', async (time) => {
    const format = `*%evt.num ${time} %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info`;
    const { open, events } = await readText(print('-p', format));
    expect(open.header.clock).toBe('epoch');
    const expected = (await readJson(asJson())).map((event) => asText(event, 0n));
    expect(firstDifference(events, expected)).toBeNull();
  });

  it('is refused where it tells only how long calls took', async () => {
    await expect(readText(print('-t', 'd'))).rejects.toThrow(
      'test: tells how long calls took (sysdig -t d) but not when they were; record with sysdig -t a, or with -j',
    );
  });
});
