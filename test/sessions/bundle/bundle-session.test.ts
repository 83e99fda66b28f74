import { statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analysis.js';
import { InputError } from '../../../src/model/input-error.js';
import { requestOf } from '../../../src/model/request.js';
import {
  bundleSession,
  nameBundle,
  type Bundle,
  type BundleOptions,
} from '../../../src/sessions/bundle/bundle-session.js';

const TRACES = fileURLToPath(new URL('../../../traces', import.meta.url));

/** All of them are put into files of the session; none may come out. */
const SECRETS = [
  'notsecre',
  'wrongpw',
  'auth_pass',
  'Sup3rGeheim',
  'opsteam@example.org',
  'hunter2',
  'zweites-passwort',
  'kommentarpw',
  'AWS_SECRET_ACCESS_KEY',
  'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
  'tr0ub4dor',
];

let work: string;
let folder: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'bundle-'));
  folder = join(work, 'session');
});

afterEach(() => rm(work, { recursive: true, force: true }));

const copyRecording = (name: string): Promise<void> => cp(join(TRACES, name), folder, { recursive: true });

const bundle = (more: Partial<BundleOptions> = {}): Promise<Bundle> =>
  bundleSession(folder, {
    out: join(work, 'out.tar.gz'),
    withTrace: false,
    epoch: null,
    analyse: () => Promise.resolve({ json: '{}\n', markdown: 'ticket\n' }),
    ...more,
  });

const unpack = async (path: string): Promise<string> => {
  const to = await mkdtemp(join(work, 'unpacked-'));
  execFileSync('tar', ['xzf', path, '-C', to]);
  const [only] = await readdir(to);
  return join(to, only ?? '');
};

/** The bytes of every file in a folder, decompressed. */
const readAll = async (place: string): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>();
  for (const name of (await readdir(place)).sort()) {
    const bytes = await readFile(join(place, name));
    files.set(name, name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  }
  return files;
};

const expectNoSecret = async (place: string): Promise<void> => {
  for (const [name, bytes] of await readAll(place)) {
    for (const secret of SECRETS) expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false);
  }
};

const printed = (capture: string): string =>
  execFileSync('tcpdump', ['-r', capture, '-n', '-tt', '--nano'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const lateOf = async (place: string) =>
  (await analyze(requestOf({ files: [place] }))).instances.map(({ source, late }) => [
    source,
    late.map(({ id, cause, latenessNs, culprit }) => [id, cause, latenessNs, culprit?.process ?? null]),
  ]);

/** Every file of the folder gets secrets, in each place where they may stand. */
const spreadSecrets = async (): Promise<void> => {
  await writeFile(
    join(folder, 'keepalived.conf'),
    `# auth_pass kommentarpw
$PASS=zweites-passwort
global_defs {
  notification_email { opsteam@example.org }
  smtp_server mail.example.org 25
  router_id lb01 ! secret hunter2
}
vrrp_script chk { script "/usr/bin/check --token hunter2 --user Sup3rGeheim"
  interval 2 }
vrrp_instance VI_1 {
  interface va6246
  virtual_router_id 205
  authentication { auth_type PASS
    auth_pass notsecret }
  notify_master "/usr/local/bin/notify.sh --password Sup3rGeheim"
}
vrrp_instance VI_2 { authentication { auth_type PASS
 auth_pass $PASS
 }
 some_password tr0ub4dor
}
@other auth_pass Sup3rGeheim
virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { HTTP_GET { url { path /?key=hunter2 } } } }
`,
  );
  for (const log of ['keepalived.log', 'keepalived-backup.log'])
    await appendFile(
      join(folder, log),
      `Sun Nov 22 12:22:05 2026: (VI_1) auth_pass notsecret is too long
Sun Nov 22 12:22:05 2026: Remote SMTP server [opsteam@example.org] connected
Sun Nov 22 12:22:05 2026: Script \`/usr/bin/check --token hunter2 --user Sup3rGeheim\` now returning 1
Sun Nov 22 12:22:05 2026: got zweites-passwort and notsecret
Nov 22 12:22:05 lb01 sudo[1]: root : COMMAND=/bin/echo tr0ub4dor
{"__REALTIME_TIMESTAMP":"1","SYSLOG_IDENTIFIER":"Keepalived_vrrp","MESSAGE":"password=hunter2","_CMDLINE":"x tr0ub4dor"}
`,
    );
  for (const name of await readdir(folder))
    if (name.endsWith('.stats.txt')) await appendFile(join(folder, name), 'echo tr0ub4dor notsecret\n');
  await writeFile(
    join(folder, 'environment.json'),
    JSON.stringify({ 'keepalived.version': '2.2.7', 'net.auth_pass': 'notsecret', 'kernel.command_line': 'quiet password=Sup3rGeheim wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY', mail: 'opsteam@example.org', 'sender.name': 'zweites-passwort' }), // prettier-ignore
  );
  await writeFile(
    join(folder, 'session.json'),
    JSON.stringify({ schemaVersion: 1, kind: 'session', tool: { name: 'whylate', version: '0.1.0' }, recording: 'x', name: 'flood', startNs: '1795346885403661054', complete: true, reason: 'said tr0ub4dor', labels: { owner: 'opsteam@example.org' }, points: [{ name: 'sender', interface: 'eth0', host: 'tr0ub4dor@kvm1' }, { name: 'receiver' }], tools: [{ name: 'capture sender', version: '4.99', command: ['tcpdump', 'hunter2'] }], steps: [{ atNs: '1', command: ['sh', '-c', 'PASSWORD=hunter2 x'], exit: 0, how: 'exit code 0' }], notes: ['password: hunter2'], script: { name: 'hunter2', duration: '5s', steps: [{ at: '1s', shell: 'curl -u tr0ub4dor' }] } }), // prettier-ignore
  );
  await writeFile(
    join(folder, 'vitals.ndjson'),
    '{"ns":"1795347129205738172","clock":"realtime","load":{"running":1,"total":2},"note":"hunter2"}\n{"ns":"1795347129305738172","clock":"realtime","sender":{"cmd":"tr0ub4dor"}}\nhunter2\n',
  );
  const trace = gunzipSync(await readFile(join(folder, 'trace.jsonl.gz'))).toString();
  const rows = [
    String.raw`{"evt.cpu":0,"evt.dir":"<","evt.info":"res=40 data=E..auth_pass \"notsecret\" tuple=hunter2 ","evt.num":999999991,"evt.outputtime":1795347129205738172,"evt.type":"read","proc.name":"keepalived","thread.tid":8096}`,
    '{"evt.cpu":0,"evt.dir":"<","evt.info":"res=0 exe=curl args=-u.tr0ub4dor. tid=77(curl) pid=77(curl) env=AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY. ","evt.num":999999992,"evt.outputtime":1795347129205738173,"evt.type":"execve","proc.name":"curl","thread.tid":77,"proc.cmdline":"curl -u hunter2"}',
    'hunter2 is no row',
    '{"evt.info":{"data":"hunter2"},"evt.num":1}',
  ];
  await writeFile(join(folder, 'trace.jsonl.gz'), gzipSync(`${trace}${rows.join('\n')}\n`));
  await writeFile(join(folder, 'hunter2.txt'), 'tr0ub4dor');
  await writeFile(
    join(folder, 'capture.text.txt'),
    `2026-11-22 12:22:05.000000 IP 192.168.205.8 > 224.0.0.18: VRRPv2, Advertisement, vrid 205, prio 101, authtype simple, intvl 1s, length 20, addrs: 192.168.205.7 auth "notsecre"
\t0x0000:  4500 0028 0000 4000 ff70 686f 6e74 6572  E..(..@..phonter2hunter2\n`,
  );
};

describe('a bundle', () => {
  it('holds no secret, wherever in a session one stood', { timeout: 120_000 }, async () => {
    await copyRecording('flood');
    await spreadSecrets();
    const json = JSON.stringify({ evidence: 'file /tmp/notsecret', sentNs: '1795347129205738172' });
    const { path, files, removed } = await bundle({
      withTrace: true,
      analyse: () => Promise.resolve({ json, markdown: 'stopped by `zweites-passwort`\n' }),
    });
    const place = await unpack(path);
    await expectNoSecret(place);
    expect((await readdir(place)).sort()).toEqual(files);
    expect(files).toContain('trace.jsonl.gz');
    expect(files.some((name) => name.includes('hunter2'))).toBe(false);
    const list = await readFile(join(place, 'REMOVED.txt'), 'utf8');
    for (const { what, where, count } of removed) expect(list).toContain(`${where}: ${String(count)} x ${what}`);
    expect(JSON.parse(await readFile(join(place, 'answer.json'), 'utf8'))).toEqual({
      evidence: 'file /tmp/(withheld)',
      sentNs: '1795347129205738172',
    });
    const environment = JSON.parse(await readFile(join(place, 'environment.json'), 'utf8')) as object;
    expect(environment).toHaveProperty(['keepalived.version'], '2.2.7');
    const session = JSON.parse(await readFile(join(place, 'session.json'), 'utf8')) as object;
    expect(session).toMatchObject({
      complete: true,
      points: [{ name: 'sender', interface: 'eth0' }, { name: 'receiver' }],
    });
  });

  it.each(['sigstop', 'flood', 'vm-paused', 'pathloss'])(
    'has captures that tcpdump and the analysis read as before: %s',
    { timeout: 120_000 },
    async (name) => {
      await copyRecording(name);
      const place = await unpack((await bundle()).path);
      const captures = (await readdir(folder)).filter((file) => file.endsWith('.pcap'));
      expect(captures.length).toBeGreaterThan(1);
      for (const capture of captures) {
        const [before, after] = [join(folder, capture), join(place, capture)].map(printed);
        expect(after).toBe(before);
        expect((await stat(join(place, capture))).size).toBe((await stat(join(folder, capture))).size);
      }
      const flags = captures.map((file) => ({ name: file.split('.')[1] ?? '', path: file }));
      const at = (where: string) => flags.map(({ name: point, path }) => ({ name: point, path: join(where, path) }));
      const before = await analyze(requestOf({ captures: at(folder) }));
      const after = await analyze(requestOf({ captures: at(place) }));
      expect(after.instances).toEqual(JSON.parse(JSON.stringify(before.instances).replaceAll(folder, place)));
    },
  );

  it.each(['sigstop', 'freezer', 'throttle', 'syslog', 'flood', 'cfs-hogs'])(
    'with its trace gives the same late ones, causes and culprits: %s',
    { timeout: 180_000 },
    async (name) => {
      await copyRecording(name);
      const place = await unpack((await bundle({ withTrace: true })).path);
      expect(await lateOf(place)).toEqual(await lateOf(folder));
      for (const [file, bytes] of await readAll(place))
        for (const secret of ['notsecre', 'wrongpw', 'auth_pass']) expect(bytes.includes(secret), `${secret} in ${file}`).toBe(false);
    },
  ); // prettier-ignore

  it('is the same bytes for the same session, with the time it was asked for', async () => {
    await copyRecording('sigstop');
    const hash = async (path: string): Promise<string> => createHash('sha256').update(await readFile(path)).digest('hex');
    const first = await hash((await bundle({ epoch: 1_700_000_000 })).path);
    const second = await hash((await bundle({ epoch: 1_700_000_000, out: join(work, 'b.tar.gz') })).path);
    expect(second).toBe(first);
    const listed = execFileSync('tar', ['tvzf', join(work, 'out.tar.gz'), '--utc', '--full-time'], { encoding: 'utf8' });
    for (const line of listed.trim().split('\n')) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 2023-11-14 22:13:20 whylate-bundle-session\/[\w.-]+$/);
    const names = listed.trim().split('\n').map((line) => line.split(' ').at(-1) ?? '');
    expect(names).toEqual([...names].sort());
    expect(names.some((name) => name.includes('trace.jsonl'))).toBe(false);
  }); // prettier-ignore

  it('leaves nothing behind when it cannot be made', async () => {
    await copyRecording('sigstop');
    await expect(bundle({ analyse: () => Promise.reject(new Error('a bug')) })).rejects.toThrow('a bug');
    const abort = new AbortController();
    abort.abort();
    await expect(bundle({ signal: abort.signal })).rejects.toThrow();
    expect(await readdir(work)).toEqual(['session']);
    await expect(bundle({ out: join(work, 'none', 'x.tar.gz') })).rejects.toThrow(InputError);
    for (const out of [work, '/dev/null']) await expect(bundle({ out })).rejects.toThrow(/is no regular file/);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    await writeFile(join(folder, 'session.json'), '{"kind":"flight"}');
    await expect(bundle()).rejects.toThrow(/folder of a flight recorder; give one of the folders/);
    folder = work;
    await expect(bundle()).rejects.toThrow(/holds nothing that a recording leaves/);
  });

  it('goes without an answer where there is none, and says so', async () => {
    await copyRecording('sigstop');
    const { files, removed } = await bundle({ analyse: () => Promise.reject(new InputError('is empty', 'x', 'y')) });
    expect(files).not.toContain('answer.json');
    expect(removed).toContainEqual({ what: 'the answer: these files give none', where: 'answer.json', count: 1 });
  });

  it.each([
    ['/var/tmp/five-late-20261128', 'five-late-20261128'],
    ['/x/a b\u202e<c>', 'a_b_c_'],
    ['/x/...', 'session'],
  ])('calls %j %j', (path, name) => {
    expect(nameBundle(path)).toBe(name);
  });
});
