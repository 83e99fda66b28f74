import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSession } from '../../../src/sessions/plan/plan.js';
import { printPlan } from '../../../src/sessions/plan/print.js';
import { onHost, onHostUntilClosed, quote, quoteAll } from '../../../src/sessions/processes/ssh.js';
import { parseScript } from '../../../src/sessions/script/load.js';

const planOf = (text: string, folder = '/out') => planSession(parseScript(text, 's.yaml', new Map()), folder);

const BASE = `name: try
sender: {vrid: 51, interface: eth0}
captures: [{name: sender, interface: eth0}]
duration: 10s
`;

/** Without what differs from machine to machine. */
const withoutPlaces = (text: string): string =>
  text.replaceAll(/\S*node(?= \S+main\.js)/g, 'node').replaceAll(/\S*\/(?=sessions\/vitals|scripts\/recorders)/g, '');

describe('the plan of a script', () => {
  it('names every command in order', () => {
    const plan = planOf(`name: full
sender: {vrid: 51, interface: eth0, namespace: lb1}
captures:
  - {name: sender, interface: eth0, namespace: lb1}
  - {name: tap, interface: vnet3, host: root@hv1}
duration: 10m
until: {late: 5}
settings:
  - {sysctl: vm.swappiness, value: 10}
  - {apply: [systemctl, stop, cron], restore: [systemctl, start, cron]}
steps:
  - {at: 5s, shell: "echo it's > /tmp/x"}
collect:
  - {file: /var/log/keepalived.log, as: mine.log}
  - {run: [journalctl, -u, keepalived], as: keepalived.log, host: lb2}
`);
    expect(withoutPlaces(printPlan(plan))).toMatchInlineSnapshot(`
      "# full: one recording

      # 1, in /out
      set      write 10 to /proc/sys/vm/swappiness
      set      systemctl stop cron
      start    ip netns exec lb1 tcpdump -i eth0 -n -U -B 10000 --immediate-mode --time-stamp-precision=nano -Z root -w - 'ip proto 112 or ip6 proto 112' > capture.sender.pcap 2> capture.sender.stats.txt
      start    ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- root@hv1 'sh -c '\\''exec 3<&0; "$@" </dev/null 3<&- & child=$!; { cat <&3 >/dev/null; kill -INT "$child"; } & wait "$child"'\\'' sh tcpdump -i vnet3 -n -U -B 10000 --immediate-mode --time-stamp-precision=nano -Z root -w - '\\''ip proto 112 or ip6 proto 112'\\''' > capture.tap.pcap 2> capture.tap.stats.txt
      start    node sessions/vitals/main.js --out - --every 100ms --netns lb1 --interface eth0 > vitals.ndjson 2> vitals.messages.txt
      start    sysdig --modern-bpf --cpus-for-each-buffer 1 -v -w trace.scap 2> trace.stats.txt
      or       sysdig -v -w trace.scap 2> trace.stats.txt
      or       BPFTRACE_STRLEN=160 BPFTRACE_MAX_STRLEN=160 BPFTRACE_PERF_RB_PAGES=4096 nice -n -20 bpftrace -B full scripts/recorders/trace.bt > parts/0001.raw 2> tracer.messages.txt
      at 5 s    sh -c 'echo it'\\''s > /tmp/x'
      until    5 late advertisements were seen at tap, or 10 min 0 s are over
      stop     all of them
      restore  systemctl start cron
      restore  write back what /proc/sys/vm/swappiness was
      collect  cp -- /var/log/keepalived.log mine.log
      collect  ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- lb2 'journalctl -u keepalived' > keepalived.log
      "
    `);
  });

  it('uses one folder for one recording', () => {
    expect(planOf(BASE).runs.map(({ folder }) => folder)).toEqual(['/out']);
    expect(planOf(`${BASE}arms: [{name: a}]\n`).runs.map(({ folder }) => folder)).toEqual(['/out']);
  });

  it.each([
    ['', ['sysdig-modern-bpf', 'sysdig-module', 'bpftrace']],
    ['tracer: {kind: sysdig}', ['sysdig-modern-bpf', 'sysdig-module']],
    ['tracer: {kind: sysdig, probe: module}', ['sysdig-module']],
    ['tracer: {kind: bpftrace}', ['bpftrace']],
    ['tracer: {kind: none}', []],
  ])('with %j tries %j', (line, tracers) => {
    expect(planOf(`${BASE}${line}\n`).tracers).toEqual(tracers);
  });

  it('records rows in a ring, for a piece of a scap file cannot be read', () => {
    const ring = 'flight: {keep: 30s, ring: 2GB}\ntracer: {kind: sysdig}\n';
    expect(printPlan(planOf(BASE + ring))).toContain('-v -j > trace.jsonl');
    expect(printPlan(planOf(`${BASE}tracer: {kind: sysdig}\n`))).toContain('-v -w trace.scap 2> trace.stats.txt');
  });
});

describe('words for a shell', () => {
  it('arrive as they were', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(words, (argv) => {
        const { stdout } = spawnSync('sh', ['-c', quoteAll(['printf', '%s\\0', ...argv])], { encoding: 'utf8' });
        expect(stdout).toBe(argv.length === 0 ? '\0' : argv.map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 100 },
    );
  });

  it('are left alone where they are plain', () => {
    expect([quote('/var/log/x-1.log'), quote('a b'), quote('')]).toEqual(['/var/log/x-1.log', "'a b'", "''"]);
  });

  it('are one argument of ssh, behind the host', () => {
    expect(onHost('root@hv1', ['cat', 'a b']).slice(-3)).toEqual(['--', 'root@hv1', "cat 'a b'"]);
  });

  it('run until the input is closed, and are then interrupted', () => {
    const program =
      'process.on("SIGINT", () => { console.log("interrupted"); process.exit(); }); setInterval(() => {}, 1e3)';
    const script = onHostUntilClosed('host', [process.execPath, '-e', program]).at(-1) ?? '';
    const begun = performance.now();
    const { stdout, status } = spawnSync('sh', ['-c', `sleep 0.5 | ${script}`], { encoding: 'utf8', timeout: 20_000 });
    expect({ stdout, status }).toEqual({ stdout: 'interrupted\n', status: 0 });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
