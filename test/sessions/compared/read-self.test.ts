import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { readSelf, type SessionSelf } from '../../../src/sessions/compared/read-self.js';
import { copyRecording, makeFolder, sessionJson, writeFiles, type Files } from './session-folders.js';

const read = (files: Files, counters = new CounterTable()): Promise<SessionSelf> =>
  readSelf(writeFiles(makeFolder(), files), counters);

describe('a snapshot', () => {
  it('loses the states that docs/environment.md lists, and keeps counts that are settings', async () => {
    const docs = readFileSync(new URL('../../../docs/environment.md', import.meta.url), 'utf8');
    const listed = /^- \*State\*.*\n.*$/m.exec(docs)?.[0] ?? '';
    const states = [...listed.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace('<if>', 'eth0'));
    expect(states).toHaveLength(6);
    const environment = {
      ...Object.fromEntries(states.map((name) => [name, 1])),
      'environment.unread': 'a (b)',
      'environment.unread_count': 1,
      'keepalived.real_server_count': 4,
      'kernel.release': '6.1.0',
    };
    const { settings, hasSnapshot } = await read({ 'environment.json': environment, 'vitals.ndjson': '{}' });
    expect(hasSnapshot).toBe(true);
    expect(settings).toEqual({
      'keepalived.real_server_count': 4,
      'kernel.release': '6.1.0',
      'recording.vitals': true,
    });
  });

  it('tells what it could not read, by the name others know it by', async () => {
    const unread = 'net.offload (no ethtool), net.vs-x1.qdisc (no tc), kernel.hz (2 files (unreadable))';
    const self = await read({ 'session.json': sessionJson(), 'environment.json': { 'environment.unread': unread } });
    expect(self.unread).toEqual(['net.offload', 'net.sender.qdisc', 'kernel.hz']);
    expect((await read({ 'environment.json': { 'environment.unread': '' } })).unread).toEqual([]);
  });

  it("calls the sender's interface the same on all machines", async () => {
    const environment = {
      'net.vs-x1.qdisc': 'fq_codel',
      'net.vs-x1.state': 'UP',
      'net.vs-x10.qdisc': 'pfifo',
      'net.ipv4.conf.vs-x1.rp_filter': 2,
      'net.ipv4.conf.all.rp_filter': 1,
      'net.core.dev_weight': 64,
    };
    const { settings } = await read({ 'session.json': sessionJson(), 'environment.json': environment });
    expect(settings).toMatchObject({
      'net.sender.qdisc': 'fq_codel',
      'net.vs-x10.qdisc': 'pfifo',
      'net.ipv4.conf.sender.rp_filter': 2,
      'net.ipv4.conf.all.rp_filter': 1,
      'net.core.dev_weight': 64,
    });
    expect(Object.keys(settings).filter((name) => name.includes('vs-x1.'))).toEqual([]);
    expect(settings).not.toHaveProperty(['net.sender.state']);
  });

  it('knows an interface with a dot by the name a snapshot gives it', async () => {
    const { settings } = await read({
      'session.json': sessionJson({ sender: { interface: 'eth0.7' } }),
      'environment.json': { 'net.eth0_7.mtu_bytes': 1500 },
    });
    expect(settings['net.sender.mtu_bytes']).toBe(1500);
  });

  it('of another machine has names of its own', async () => {
    const { settings } = await read({
      'environment.json': { 'kernel.release': '6.1.0', 'host.qemu_count': 0 },
      'environment.host.json': {
        'kernel.release': '5.10.0',
        'host.qemu_kvm.VHOST_NET_ENABLED': 1,
        'host.qemu_count': 3,
        'net.tap0.state': 'UP',
        'environment.unread_count': 0,
      },
      'environment.lb.2.json': { 'cpu.count': 4 },
    });
    expect(settings).toEqual({
      'kernel.release': '6.1.0',
      'host.kernel.release': '5.10.0',
      'host.qemu_kvm.VHOST_NET_ENABLED': 1,
      'host.qemu_count': 3,
      'lb_2.cpu.count': 4,
      'recording.vitals': false,
    });
  });

  it('is none where only another machine has one', async () => {
    expect((await read({ 'environment.host.json': { 'kernel.release': '5.10.0' } })).hasSnapshot).toBe(false);
    expect((await read({})).hasSnapshot).toBe(false);
  });

  it('keeps only texts, numbers and booleans, and counts the rest', async () => {
    const counters = new CounterTable();
    const text = '{"a":null,"b":{"c":1},"d":[1],"e":true,"f":0,"__proto__":"odd","g\\u001b[2J":"\\u001b[2J"';
    const { settings } = await read({ 'environment.json': `${text},"h":"${'x'.repeat(5000)}"}` }, counters);
    expect(Object.entries(settings).sort()).toEqual([
      ['__proto__', 'odd'],
      ['e', true],
      ['f', 0],
      ['g\\x1b[2J', '\\x1b[2J'],
      ['recording.vitals', false],
    ]);
    expect(counters.get('environment_json_value_ignored')).toBe(4);
  });

  it.each(['{"a":1', '[]', 'null', ''])('that reads %j is counted and taken as absent', async (text) => {
    const counters = new CounterTable();
    const self = await read({ 'environment.json': text, 'environment.host.json': text }, counters);
    expect(self).toMatchObject({ hasSnapshot: false, settings: { 'recording.vitals': false } });
    expect(counters.get('environment_json_unreadable')).toBe(2);
  });
});

describe('a session.json', () => {
  it('says how it was recorded', async () => {
    const script = { name: 'demo', duration: '90s', until: { late: 5 }, vitals: { every: '50ms' } };
    const self = await read({
      'session.json': sessionJson({ script, labels: { variant: 'rt', arm: 7 }, outcome: 'until-met' }),
    });
    expect(self).toMatchObject({
      kind: 'session',
      startNs: '1795884289000000000',
      isCutOff: false,
      endedWhenLate: true,
      watched: { vrid: 205, pid: 7 },
    });
    expect(self.settings).toEqual({
      'label.arm': '7',
      'label.variant': 'rt',
      'recording.duration_s': 90,
      'recording.points': 'sender,receiver',
      'recording.script': 'demo',
      'recording.steps_digest': 'none',
      'recording.tracer': 'bpftrace',
      'recording.tracer_version': '0.17.0',
      'recording.until_late': 5,
      'recording.version': '0.1.0',
      'recording.vitals': true,
      'recording.vitals_every_s': 0.05,
    });
  });

  it.each([
    [['sysdig', '--modern-bpf', '-v'], 'sysdig-modern-bpf'],
    [['sysdig', '-v', '-w', 'trace.scap'], 'sysdig-module'],
  ])('names the tracer of %j', async (command, tracer) => {
    const tools = [{ name: 'tracer', version: null, command }];
    const { settings } = await read({ 'session.json': sessionJson({ tools }) });
    expect(settings['recording.tracer']).toBe(tracer);
    expect(settings).not.toHaveProperty(['recording.tracer_version']);
  });

  it('says that there was no tracer, or nothing of it', async () => {
    const without = await read({ 'session.json': sessionJson({ tools: [], script: { tracer: { kind: 'none' } } }) });
    expect(without.settings['recording.tracer']).toBe('none');
    const unknown = await read({ 'session.json': sessionJson({ tools: [] }) });
    expect(unknown.settings).not.toHaveProperty(['recording.tracer']);
  });

  it('tells steps apart, however they are written', async () => {
    const digestOf = async (steps: unknown): Promise<unknown> =>
      (await read({ 'session.json': sessionJson({ script: { steps } }) })).settings['recording.steps_digest'];
    const first = await digestOf([{ at: '4s', run: ['a', 'b'] }]);
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(await digestOf([{ run: ['a', 'b'], at: '4s' }])).toBe(first);
    expect(await digestOf([{ at: '4s', run: ['b', 'a'] }])).not.toBe(first);
    expect(await digestOf([{ at: '5s', run: ['a', 'b'] }])).not.toBe(first);
  });

  it('says that it was cut off', async () => {
    const self = await read({ 'session.json': sessionJson({ complete: false, outcome: 'killed' }) });
    expect(self).toMatchObject({ isCutOff: true, endedWhenLate: false });
  });

  it('may say little, or odd things', async () => {
    const odd = { points: [1], labels: 'x', tools: [{ command: 7 }], script: { duration: 'long', vitals: 7 } };
    const self = await read({ 'session.json': { ...odd, startNs: 7, recording: 1, sender: [], kind: 'other' } });
    expect(self).toMatchObject({ kind: 'session', startNs: null, identity: null, watched: { vrid: null, pid: null } });
    expect(self.settings).toEqual({
      'recording.steps_digest': 'none',
      'recording.vitals': true,
      'recording.vitals_every_s': 0.1,
    });
  });

  it.each(['{"labels":', '[1]', '"x"', ''])('that reads %j is counted and taken as absent', async (text) => {
    const counters = new CounterTable();
    const self = await read({ 'session.json': text, 'capture.tap.pcap': 'x' }, counters);
    expect(self.settings).toEqual({ 'recording.points': 'tap', 'recording.vitals': false });
    expect(counters.get('compared_session_json_unreadable')).toBe(1);
  });
});

describe('a folder without a session.json', () => {
  it('tells by its files', async () => {
    const counters = new CounterTable();
    const self = await readSelf(copyRecording('clean', makeFolder()), counters);
    expect(self).toMatchObject({ kind: 'session', identity: null, startNs: null, isCutOff: false, hasSnapshot: true });
    expect(self.settings).toMatchObject({ 'recording.points': 'sender,receiver', 'recording.vitals': false });
    expect(Object.keys(self.settings).filter((name) => /^(?:label|recording)/.test(name))).toHaveLength(2);
    expect(counters.list()).toEqual([]);
  });

  it('that is none cannot be read', async () => {
    await expect(readSelf('/nowhere/at/all', new CounterTable())).rejects.toMatchObject({ name: 'InputError' });
  });
});
