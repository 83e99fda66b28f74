import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRow, showInfo } from '../../src/timeline/witness.js';

/** A word no info text holds by itself. */
const secret = fc
  .array(
    fc.integer({ min: 65, max: 90 }).map((code) => String.fromCharCode(code)),
    { minLength: 8, maxLength: 12 },
  )
  .map((letters) => `S3${letters.join('')}`);
/** What may stand around a secret inside a payload, to look like something harmless. */
const disguise = fc.constantFrom(
  '',
  ' ',
  'x ',
  ' name=',
  ' path=',
  ' fd=3(<f>/',
  ' tuple=',
  ' size=5 pid=',
  '. ',
  '\n',
  '\t',
  ' res=0 tid=',
);
const openings = fc.constantFrom(
  '',
  'res=40 ',
  'res=0 ',
  'fd=13(<4r>0.0.0.0:112) size=40 ',
  'res=5 fd=3 ',
  'filename=/usr/bin/mysql ',
  'res=0\n',
);
const payloads = fc.constantFrom('data', 'args', 'env', 'msg', 'exe', 'msgcontrol', 'argument');
/** Other text-bearing keys of sysdig's event table. */
const otherPayloads = fc.constantFrom('event_data', 'val', 'cgroups', 'desc', 'description', 'tags', 'source', 'msg2');

describe('showInfo', () => {
  it('shows nothing from data=, args=, env= and the like on', () => {
    fc.assert(
      fc.property(openings, payloads, disguise, secret, disguise, secret, (open, key, before, word, between, other) => {
        const shown = showInfo(`${open}${key}=${before}${word}${between}${other} tid=5(x) `);
        expect(shown).not.toContain(word);
        expect(shown).not.toContain(other);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows no value of any other key that may hold text', () => {
    fc.assert(
      fc.property(openings, otherPayloads, disguise, secret, (open, key, before, word) => {
        expect(showInfo(`${open}${key}=${before}${word} `)).not.toContain(word);
      }),
      { numRuns: 1000 },
    );
  });

  it('hides the environment and arguments of a real execve', () => {
    const info =
      'res=0 exe=/usr/bin/mysql args=-psecret1.-h.db. tid=25215(mysql) pid=25215(mysql) ptid=1(systemd) cwd= fdlimit=1024 pgft_maj=0 pgft_min=9 vm_size=5 vm_rss=4 vm_swap=0 comm=mysql cgroups=cpuset=/ env=PASSWORD=secret2.PATH=/bin. tty=0 ';
    expect(showInfo(info)).toBe('res=0');
  });

  it.each([
    ['pid=23611(keepalived) sig=19(SIGSTOP) ', 'pid=23611(keepalived) sig=19(SIGSTOP)'],
    ['spid=0 dpid=23611(keepalived) sig=19(SIGSTOP) ', 'spid=0 dpid=23611(keepalived) sig=19(SIGSTOP)'],
    [
      'fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ',
      'fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0',
    ],
    ['res=40 data=E..(.8....p.............!3....d..hunter2.. ', 'res=40'],
    ['next=7(a (b) c) pgft_maj=0 pgft_min=0 vm_size=0 ', 'next=7(a (b) c) pgft_maj=0'],
    ['', ''],
    ['rubbish', ''],
  ])('of %j', (info, shown) => {
    expect(showInfo(info)).toBe(shown);
  });

  it('cuts values that are too long', () => {
    expect(showInfo(`name=/${'x'.repeat(1000)} `).length).toBeLessThan(200);
  });

  it('never throws, and takes long hostile texts in a moment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (info) => {
        expect(() => showInfo(info)).not.toThrow();
      }),
    );
    const started = performance.now();
    for (const piece of ['a=', ' fd=', 'x '.repeat(2), ' name= ', '  ']) showInfo(piece.repeat(1500));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('describeRow', () => {
  it('is the row in a line', () => {
    expect(describeRow('bash', 23671, false, 'kill', 'pid=23611(keepalived) sig=19(SIGSTOP) ')).toBe(
      'bash (23671) > kill pid=23611(keepalived) sig=19(SIGSTOP)',
    );
    expect(describeRow('', 0, true, 'fsync', '')).toBe('(0) < fsync');
  });

  it('holds no control character of any name or value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, path) => {
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(describeRow(name, 1, false, 'open', `name=${path} `)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });
});
