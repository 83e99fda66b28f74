import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { readCapture } from '../../../src/sources/capture/index.js';
import { cleanCapture } from '../../../src/sessions/bundle/clean-capture.js';
import { cleanConf } from '../../../src/sessions/bundle/clean-conf.js';
import { cleanVitalsLine } from '../../../src/sessions/bundle/clean-json.js';
import { cleanLogLine, cleanTcpdumpLine } from '../../../src/sessions/bundle/clean-log.js';
import { cleanStatisticsLine } from '../../../src/sessions/bundle/clean-statistics.js';
import { KnownSecrets } from '../../../src/sessions/bundle/known-secrets.js';
import { RowStripper } from '../../../src/sessions/bundle/strip-row.js';

const TRACES = fileURLToPath(new URL('../../../traces', import.meta.url));
const ignore = (): void => undefined;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size));
}

const collect = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
};

const clean = async (bytes: Uint8Array, size = 100): Promise<{ bytes: Buffer; passwords: Set<string> }> => {
  const passwords = new Set<string>();
  const cleaned = await cleanCapture(inPieces(bytes, size), 'x', ({ password }) => {
    if (password !== null) passwords.add(password);
  });
  return { bytes: await collect(cleaned.bytes), passwords };
};

describe('a capture', () => {
  const flood = readFileSync(join(TRACES, 'flood', 'capture.sender.pcap'));

  it('loses its passwords, tells them, and keeps all else, in chunks of any size', async () => {
    const whole = await clean(flood);
    expect([...whole.passwords].sort()).toEqual(['notsecre', 'wrongpw']);
    expect(whole.bytes.length).toBe(flood.length);
    expect(whole.bytes.includes('wrongpw')).toBe(false);
    expect((await clean(flood, 7)).bytes.equals(whole.bytes)).toBe(true);
    const differing = [...whole.bytes].filter((byte, i) => byte !== flood[i]).length;
    const read = async (bytes: Buffer) => readCapture('pcap', inPieces(bytes, 1000), { where: 'x', counters: new CounterTable() });
    const before = await read(flood);
    expect(differing).toBeLessThanOrEqual(before.records * 10);
    expect(await read(whole.bytes)).toEqual(before);
  }); // prettier-ignore

  it('has right checksums where it had them', async () => {
    const work = mkdtempSync(join(tmpdir(), 'clean-'));
    try {
      const complaints = (bytes: Uint8Array): number => {
        writeFileSync(join(work, 'x.pcap'), bytes);
        const text = execFileSync('tcpdump', ['-r', join(work, 'x.pcap'), '-n', '-vv'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        expect(text).toContain('VRRPv2');
        return text.split('bad vrrp cksum').length - 1;
      };
      const { bytes } = await clean(flood);
      expect(complaints(bytes)).toBe(complaints(flood));
      const broken = Buffer.from(flood);
      // The sum of the first packet: file and record header, Ethernet, IP, and six bytes of VRRP.
      broken[24 + 16 + 14 + 20 + 6] = (broken[24 + 16 + 14 + 20 + 6] ?? 0) ^ 0xff;
      expect(complaints((await clean(broken)).bytes)).toBe(complaints(broken));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it('as pcapng loses comments, names and keys as well', async () => {
    const work = mkdtempSync(join(tmpdir(), 'clean-'));
    try {
      const [from, to, cleaned] = ['a.pcap', 'b.pcapng', 'c.pcapng'].map((name) => join(work, name)) as [string, string, string];
      writeFileSync(from, flood);
      // It comes with tshark.
      execFileSync('editcap', ['-F', 'pcapng', '--capture-comment', 'password hunter2', from, to]);
      const bytes = readFileSync(to);
      expect(bytes.includes('hunter2')).toBe(true);
      const result = await clean(bytes);
      for (const secret of ['hunter2', 'notsecre', 'wrongpw']) expect(result.bytes.includes(secret)).toBe(false);
      const read = (data: Buffer) => readCapture('pcapng', inPieces(data, 1000), { where: 'x', counters: new CounterTable() });
      expect(await read(result.bytes)).toEqual(await read(bytes));
      writeFileSync(cleaned, result.bytes);
      const times = (path: string) => execFileSync('tshark', ['-r', path, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'ip.id'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(times(cleaned)).toBe(times(to));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it('loses the payload of packets that are no advertisements', async () => {
    const frame = Buffer.alloc(14 + 20 + 8 + 12);
    frame.writeUInt16BE(0x0800, 12);
    frame[14] = 0x45;
    frame[14 + 9] = 17;
    frame.writeUInt16BE(40, 14 + 2);
    frame.write('login hunter2', 14 + 20 + 8, 'latin1');
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    const { bytes } = await clean(Buffer.concat([flood.subarray(0, 24), record, frame]));
    expect(bytes.length).toBe(24 + 16 + frame.length);
    expect(bytes.includes('hunter')).toBe(false);
    expect(bytes.subarray(40, 40 + 34).equals(frame.subarray(0, 34))).toBe(true);
  });
});

describe('a configuration', () => {
  it('keeps how it is built and loses what may be secret', async () => {
    const removed: string[] = [];
    const { text, secrets } = await cleanConf(
      `$IF = eth0
vrrp_script chk {
  script "/bin/check --pw geheim99"
  interval 2
}
vrrp_instance VI_1 {
  interface $IF
  authentication {
    auth_type AH
    auth_pass langes-passwort
  }
  virtual_ipaddress { 10.0.0.1/24 dev eth0
    10.0.0.2/24 }
  notify /bin/n
  preempt_delay 5
}
`,
      (what) => removed.push(what),
    );
    expect(text).toBe(`vrrp_script chk {
  script (withheld)
  interval 2
}
vrrp_instance VI_1 {
  interface eth0
  authentication { auth_type AH }
  virtual_ipaddress {
    10.0.0.1/24 dev eth0
    10.0.0.2/24
  }
  notify (withheld)
  preempt_delay 5
}
`);
    expect(secrets).toContain('--pw geheim99');
    expect(removed).toContain('passwords and keys');
  });
});

describe('a line', () => {
  it.each([
    ['Nov 22 12:22:05 lb01 Keepalived_vrrp[12]: (VI_1) Entering MASTER STATE', 'Nov 22 12:22:05 lb01 Keepalived_vrrp[12]: (VI_1) Entering MASTER STATE'],
    ['Sun Nov 22 12:22:05 2026: (VI_1) received an invalid passwd!', 'Sun Nov 22 12:22:05 2026: (VI_1) received an invalid passwd!'],
    ['Sun Nov 22 12:22:05 2026: mail to ops@example.org failed', 'Sun Nov 22 12:22:05 2026: mail to (withheld) failed'],
    ['Sun Nov 22 12:22:05 2026: password: x y', 'Sun Nov 22 12:22:05 2026: (withheld)'],
    ['Sun Nov 22 12:22:05 2026: a\u001b[31mb', 'Sun Nov 22 12:22:05 2026: a\\x1b[31mb'],
    ['Nov 22 12:22:05 lb01 sshd[1]: Accepted publickey', null],
    ['{"MESSAGE":"x","SYSLOG_IDENTIFIER":"Keepalived","_CMDLINE":"y"}', '{"SYSLOG_IDENTIFIER":"Keepalived","MESSAGE":"x"}'],
    ['{"MESSAGE":"x","SYSLOG_IDENTIFIER":"sshd"}', null],
  ])('of a log: %j', (line, cleaned) => {
    expect(cleanLogLine(line, ignore)).toBe(cleaned);
  }); // prettier-ignore

  it('of tcpdump has no password and no payload', () => {
    expect(cleanTcpdumpLine('1.5 IP 10.0.0.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 205, prio 101, authtype simple, intvl 1s, length 20, addrs: 10.0.0.9 auth "ge heim"', ignore)).not.toMatch(/heim/);
    expect(cleanTcpdumpLine('\t0x0010:  c0a8 cd08 e000 0012', ignore)).toBeNull();
  }); // prettier-ignore

  it('of statistics or vitals holds numbers only', () => {
    expect(cleanStatisticsLine('35 packets received by filter', ignore)).not.toBeNull();
    expect(cleanStatisticsLine('Driver Events:354308', ignore)).not.toBeNull();
    expect(cleanStatisticsLine('tcpdump: hunter2', ignore)).toBeNull();
    const line = '{"ns":"1","clock":"realtime","sender":{"pid":1,"identity":{"comm":"keepalived","cgroups":["/x"]}},"x":"hunter2"}';
    expect(cleanVitalsLine(line, ignore)).toBe(
      '{"ns":"1","clock":"realtime","sender":{"pid":1,"identity":{"comm":"keepalived"}}}',
    );
  }); // prettier-ignore
});

describe('a row of a trace', () => {
  const row = (type: string, dir: string, info: string): string =>
    JSON.stringify({ 'evt.cpu': 0, 'evt.dir': dir, 'evt.info': info, 'evt.num': 5, 'evt.outputtime': 0, 'evt.type': type, 'proc.name': 'sh', 'thread.tid': 7, 'proc.cmdline': 'x' }).replace(':0,"evt.type"', ':1795346887744879692,"evt.type"'); // prettier-ignore

  const strip = (rows: readonly string[]): string[] => {
    const stripper = new RowStripper(ignore, (text) => text.replaceAll('hunter2', 'X'));
    return rows.map((line) => stripper.strip(line)).map((line) => line === '' ? '' : (JSON.parse(line) as Record<string, string>)['evt.info'] ?? ''); // prettier-ignore
  };

  it('keeps the digits of its time, and nothing it does not know', () => {
    const stripped = new RowStripper(ignore, (text) => text).strip(row('read', '<', 'res=1 data=x '));
    expect(stripped).toBe(
      '{"evt.cpu":0,"evt.dir":"<","evt.info":"res=1 ","evt.num":5,"evt.outputtime":1795346887744879692,"evt.type":"read","proc.name":"sh","thread.tid":7}',
    );
  });

  it.each([
    ['recvmsg', 'res=40 size=40 data=E.. tuple=a tuple=0.0.0.0:0->0.0.0.0:112 msgcontrol=NULL ', 'res=40 size=40 tuple=0.0.0.0:0->0.0.0.0:112 '],
    ['execve', 'res=0 exe=curl args=-u.x. tid=7 env=A=b. ', 'res=0 '],
    ['clone', 'res=25215(keepalived) exe=keepalived args=-f. ', 'res=25215(keepalived) '],
    ['sendto', 'res=90 data=<30>Nov 22 secret ', 'res=90 data=<30> '],
    ['open', 'fd=3(<f>/tmp/hunter2) name=/tmp/hunter2 ', 'fd=3(<f>/tmp/X) name=/tmp/X '],
    ['sched_wakeup', 'comm=keepalived pid=32601 prio=120 target_cpu=000 ', 'comm=keepalived pid=32601 prio=120 target_cpu=000 '],
    ['write', 'res=6 data=123456 ', 'res=6 '],
  ])('%s keeps what it acts on: %j', (type, info, kept) => {
    expect(strip([row(type, '<', info)])).toEqual([kept]);
  }); // prettier-ignore

  it('keeps what is written to control files, also when the thread was switched out meanwhile', () => {
    const rows = [
      row('write', '>', 'fd=3(<f>/sys/fs/cgroup/freezer/x/freezer.state) size=6 '),
      row('switch', '>', 'next=0 '),
      row('write', '<', 'res=6 data=FROZEN hunter '),
      row('write', '<', 'res=6 data=FROZEN '),
    ];
    expect(strip(rows).slice(2)).toEqual(['res=6 data=FROZEN ', 'res=6 ']);
  });

  it('that is none becomes an empty line', () => {
    expect(strip(['hunter2', '{"evt.info":{"a":1}}', '[', '{"a":"b"'])).toEqual(['', '', '', '']);
  });
});

describe('known secrets', () => {
  it('are taken out of texts, and out of the texts of JSON, but not of numbers', () => {
    const secrets = new KnownSecrets();
    secrets.add(['notsecret', 'abc', '1795', 'a"b\\c']);
    expect(secrets.scrub('notsecret notsecre abc')).toEqual({ text: '(withheld) (withheld) abc', count: 2 });
    const json = JSON.stringify({ ns: '17951795', n: 1795, text: 'in 1795: a"b\\c' });
    expect(JSON.parse(secrets.scrubJson(json).text)).toEqual({ ns: '17951795', n: 1795, text: 'in (withheld): (withheld)' }); // prettier-ignore
  });
});
