import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/input-error.js';
import { load, makeKept, makeSession } from './load.js';
import { figures, makeFolder, sessionJson, writeFiles } from './session-folders.js';

describe('sessions that do not count', () => {
  it('are those of a flight recorder', async () => {
    const counted = makeSession();
    const flight = makeSession({ 'session.json': sessionJson({ kind: 'flight', recording: 'f' }) });
    const late = makeSession({ 'session.json': sessionJson({ kind: 'late', recording: 'f', run: 'late-0001' }) });
    const { sessions, leftOut, analysed } = await load([flight, counted, late]);
    expect(sessions.map(({ path }) => path)).toEqual([counted]);
    expect(analysed).toEqual([counted]);
    expect(leftOut.map(({ path }) => path)).toEqual([flight, late]);
    for (const { why } of leftOut) expect(why).toContain('says nothing about how often');
  });

  it('are those without a trace and captures', async () => {
    const counted = makeSession();
    const cutOff = writeFiles(makeFolder(), { 'session.json': sessionJson({ complete: false, recording: 'c' }) });
    const logOnly = writeFiles(makeFolder(), { 'session.json': sessionJson({ recording: 'l' }), 'keepalived.log': 'x' });
    const { leftOut, analysed } = await load([cutOff, logOnly, counted]);
    expect(analysed).toEqual([counted]);
    expect(leftOut[0]).toEqual({ path: cutOff, why: 'holds neither a trace nor a capture' });
    expect(leftOut[1]).toMatchObject({ path: logOnly, why: expect.stringContaining('without a trace or captures') as string });
  }); // prettier-ignore

  it('are copies, known by their recording', async () => {
    const first = makeSession();
    const copy = join(makeFolder(), 'copy');
    cpSync(first, copy, { recursive: true });
    writeFiles(copy, { 'trace.jsonl': 'otherwise written' });
    const other = makeSession();
    const { sessions, leftOut, analysed } = await load([first, other, copy]);
    expect(sessions.map(({ path }) => path)).toEqual([first, other]);
    expect(analysed).toEqual([first, other]);
    expect(leftOut).toEqual([{ path: copy, why: `the same session as ${first}` }]);
  });

  it('are copies, known by what was recorded, also with another label', async () => {
    const first = makeSession();
    const relabelled = join(makeFolder(), 'relabelled');
    cpSync(first, relabelled, { recursive: true });
    writeFiles(relabelled, {
      'session.json': sessionJson({ recording: 'another', labels: { arm: 'b' } }),
      'keepalived.log': 'another line\n',
    });
    await load([relabelled]);
    const { leftOut, analysed } = await load([first, relabelled]);
    expect(analysed).toEqual([first]);
    expect(leftOut).toEqual([{ path: relabelled, why: `the same session as ${first}` }]);
  });

  it('are not the other runs of a recording', async () => {
    const runs = ['1', '2'].map((run) => makeSession({ 'session.json': sessionJson({ recording: 'one', run }) }));
    expect((await load(runs)).sessions).toHaveLength(2);
  });

  it.each(['trace.jsonl', 'capture.sender.pcap', 'capture.receiver.pcap'])(
    'are not those that differ in %s alone, as two senders seen by one receiver',
    async (name) => {
      const shared = {
        'trace.jsonl': 'the same trace '.repeat(9),
        'capture.sender.pcap': 'the same capture '.repeat(9),
        'capture.receiver.pcap': 'the same at the receiver '.repeat(9),
      };
      const own = Array.from({ length: 6 }, (_, i) => makeSession({ ...shared, [name]: String(i).repeat(40) }));
      expect((await load(own)).sessions).toHaveLength(6);
    },
  );

  it('are not those whose captures hold nothing but the same header', async () => {
    const header = 'a header of 24 bytes....';
    const make = (recording: string): string =>
      writeFiles(makeFolder(), { 'session.json': sessionJson({ recording }), 'capture.sender.pcap': header });
    expect((await load([make('x'), make('y')])).sessions).toHaveLength(2);
  });

  it('are those whose analysis fails; their copies count', async () => {
    const broken = makeSession();
    const whole = join(makeFolder(), 'whole');
    cpSync(broken, whole, { recursive: true });
    writeFiles(broken, { 'trace.jsonl': 'rubbish' });
    const { sessions, leftOut } = await load([broken, whole], {
      analyseSession: (folder) =>
        folder === broken
          ? Promise.reject(new InputError('is of no known kind', 'trace.jsonl', 'give another'))
          : Promise.resolve(figures()),
    });
    expect(sessions.map(({ path }) => path)).toEqual([whole]);
    expect(leftOut).toEqual([{ path: broken, why: 'trace.jsonl: is of no known kind; give another' }]);
    expect(existsSync(join(broken, 'figures.json'))).toBe(false);
  });

  it('are an error when no other is left', async () => {
    const flight = makeSession({ 'session.json': sessionJson({ kind: 'flight' }) });
    await expect(load([flight])).rejects.toMatchObject({
      name: 'InputError',
      what: 'no session is left that counts',
      where: flight,
    });
  });

  it('are not those whose analysis has a bug: that is told', async () => {
    const bug = new TypeError('a bug');
    await expect(load([makeSession()], { analyseSession: () => Promise.reject(bug) })).rejects.toBe(bug);
  });
});

describe('sessions that count', () => {
  it('come in the order given, with what they say and what was seen', async () => {
    const kept = await makeKept();
    const cutOff = makeSession({ 'session.json': sessionJson({ recording: 'x', complete: false, outcome: 'killed' }) });
    const bare = makeSession();
    rmSync(join(bare, 'session.json'));
    rmSync(join(bare, 'environment.json'));
    const progress: [number, number][] = [];
    const { sessions, analysed } = await load([bare, kept, cutOff], {
      onProgress: (done, of) => void progress.push([done, of]),
    });
    expect(sessions.map(({ path, from }) => [path, from])).toEqual([
      [bare, 'analysed'],
      [kept, 'kept'],
      [cutOff, 'analysed'],
    ]);
    expect(analysed).toEqual([bare, cutOff]);
    expect(progress).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(sessions.map(({ isCutOff }) => isCutOff)).toEqual([false, false, true]);
    expect(sessions.map(({ hasSnapshot }) => hasSnapshot)).toEqual([false, true, true]);
    expect(sessions[0]?.startNs).toBe(figures().firstNs);
    expect(sessions[1]?.settings).toMatchObject({
      'kernel.release': '6.1.0',
      'label.variant': 'rt',
      'recording.script': 'demo',
      'router.count': 1,
      'router.family': 'ipv4',
      'router.interval_ms': 1000,
      'router.measured_at': 'receiver',
      'router.version': 2,
    });
  });

  it('have settings of several routers', async () => {
    const [router] = figures().routers;
    const routers = [router!, { ...router!, version: null, family: 'ipv6' as const, intervalNs: '250000000' }];
    const { sessions } = await load([makeSession()], {
      analyseSession: () => Promise.resolve(figures({ routers, measuredAt: [] })),
    });
    const seen = Object.entries(sessions[0]?.settings ?? {}).filter(([name]) => name.startsWith('router.'));
    expect(Object.fromEntries(seen)).toEqual({
      'router.count': 2,
      'router.family': 'ipv4,ipv6',
      'router.interval_ms': '250,1000',
      'router.version': 2,
    });
  });

  it('read what the session says anew each time', async () => {
    const folder = await makeKept();
    writeFiles(folder, { 'environment.json': { 'kernel.release': '6.2.0' } });
    const { sessions, analysed } = await load([folder]);
    expect(analysed).toEqual([]);
    expect(sessions[0]?.settings['kernel.release']).toBe('6.2.0');
  });

  it('are as many as there are', async () => {
    const folders = await Promise.all(Array.from({ length: 80 }, () => makeKept()));
    const { sessions, analysed } = await load(folders);
    expect(analysed).toEqual([]);
    expect(sessions.map(({ path }) => path)).toEqual(folders);
  });

  it('are waited for no longer than the signal allows', async () => {
    const stop = new AbortController();
    const folders = [makeSession(), makeSession()];
    const begun: string[] = [];
    const loading = load(folders, {
      signal: stop.signal,
      analyseSession: (folder) => {
        begun.push(folder);
        stop.abort(new Error('enough'));
        return Promise.resolve(figures());
      },
    });
    await expect(loading).rejects.toThrow('enough');
    expect(begun).toEqual([folders[0]]);
    await expect(load(folders, { signal: stop.signal })).rejects.toThrow('enough');
  });
});
