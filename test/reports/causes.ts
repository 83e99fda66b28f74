import type { LateAdvertisement } from '../../src/model/answer.js';
import { late, MS, row, START_NS } from './builders.js';

export const stoppedLate = (): LateAdvertisement =>
  late({
    index: 0,
    cause: 'stopped',
    parts: [
      ['stopped', 1_052n * MS, { process: 'bash', cpu: 0, evidence: [0, 1] }],
      ['ready', 14n * MS, { process: 'svc7', cpu: 0, bound: 'up-to' }],
      ['running', 3n * MS, { process: 'keepalived', cpu: 0 }],
      ['in-flight', -1n * MS],
      ['unexplained', 2n * MS],
    ],
    culprit: { process: 'bash', pid: 23671, tid: 23671, parent: 'cron', syscall: 'kill' },
    summary: 'keepalived was stopped for 1.65 s by SIGSTOP from bash (23671); the advertisement left 1.07 s late.',
    more: {
      contributors: [{ process: 'bash', share: 1 }],
      evidence: [
        row(142_218, START_NS + 420n * MS, 'bash (23671) > kill pid=23611(keepalived) sig=19(SIGSTOP)'),
        row(151_003, START_NS + 2_052n * MS, 'bash (23671) > kill pid=23611(keepalived) sig=18(SIGCONT)'),
        row(3, START_NS + 2_070n * MS, 'advertisement vrid 205 priority 101', {
          input: 'capture.receiver.pcap',
          num: null,
        }),
      ],
      advice: ['Find out why a job started by cron stops keepalived.', 'Keep SIGSTOP away from it.'],
    },
  });

/** One late advertisement of each cause. */
export const CAUSES: readonly LateAdvertisement[] = [
  stoppedLate(),
  late({
    index: 1,
    cause: 'blocked-syscall',
    parts: [
      ['blocked', 1_700n * MS, { process: 'keepalived', syscall: 'write', target: '/var/log/messages', cpu: 1 }],
      ['running', 20n * MS],
    ],
    culprit: { process: 'keepalived', pid: 23611, tid: 23611, syscall: 'write', target: '/var/log/messages' },
    summary: 'keepalived slept 1.7 s in write to /var/log/messages before it armed its timer.',
  }),
  late({
    index: 2,
    cause: 'sender-busy',
    parts: [['running', 300n * MS, { process: 'keepalived', cpu: 1 }]],
    culprit: { process: 'keepalived', pid: 23611, tid: 23611 },
    summary: 'keepalived was on the CPU for 300 ms with other work of its own.',
  }),
  late({
    index: 3,
    cause: 'send-failed',
    parts: [['sending', 1_000n * MS, { process: 'keepalived', syscall: 'sendmsg', target: 'EPERM' }]],
    culprit: { process: 'keepalived', pid: 23611, tid: 23611, syscall: 'sendmsg', target: 'EPERM' },
    summary: 'The kernel refused a send with EPERM.',
  }),
  late({
    index: 4,
    cause: 'sender-restart',
    parts: [['absent', 4_000n * MS]],
    culprit: { process: 'systemd', pid: 1, tid: 1, syscall: 'kill' },
    summary: 'There was no sender process for 4 s.',
  }),
  late({
    index: 5,
    cause: 'cpu-contention',
    parts: [['ready', 800n * MS, { process: 'stress-ng', cpu: 0 }]],
    culprit: { process: 'stress-ng', pid: 900, tid: 911, cgroup: '/system.slice/batch.service' },
    summary: 'keepalived was ready for 800 ms while stress-ng held CPU 0.',
    more: {
      contributors: [
        { process: 'stress-ng', share: 0.76 },
        { process: 'kworker/0:1', share: 0.236 },
        { process: 'sshd', share: 0.004 },
      ],
    },
  }),
  late({
    index: 6,
    cause: 'cpu-throttled',
    parts: [['throttled', 600n * MS, { cpu: 0, bound: 'up-to' }]],
    summary: 'The control group had spent its CPU quota.',
  }),
  late({
    index: 7,
    cause: 'paging',
    parts: [['paging', 410n * MS]],
    culprit: { process: 'keepalived', pid: 23611, tid: 23611 },
    summary: 'keepalived waited 410 ms for its own memory.',
  }),
  late({
    index: 8,
    cause: 'timer-late',
    parts: [['overslept', 101n * MS]],
    summary: 'keepalived slept on past its timer on an idle CPU.',
  }),
  late({
    index: 9,
    cause: 'transmit-delay',
    parts: [['queued', 900n * MS]],
    culprit: { target: 'eth0' },
    summary: 'The packet left eth0 900 ms after the send.',
  }),
  late({
    index: 10,
    cause: 'vcpu-stall',
    parts: [['vcpu-silent', 2_000n * MS]],
    summary: 'All virtual CPUs stood still.',
  }),
  late({ index: 11, cause: 'vm-paused', parts: [['vm-paused', 3_000n * MS]], summary: 'The whole VM stood still.' }),
  late({
    index: 12,
    cause: 'egress-delay',
    parts: [['in-flight', 700n * MS]],
    summary: 'The packet left the VM late.',
  }),
  late({
    index: 13,
    cause: 'rearmed-by-packet',
    parts: [['rearmed', 950n * MS]],
    culprit: { target: '192.168.205.77' },
    summary: 'A packet from 192.168.205.77 made keepalived arm its timer anew.',
  }),
  late({
    index: 14,
    cause: 'path-delay',
    parts: [['in-flight', 500n * MS]],
    culprit: { target: 'sender→receiver' },
    summary: 'It took 500 ms longer from sender to receiver.',
  }),
  late({
    index: 15,
    cause: 'path-loss',
    parts: [['lost', 1_000n * MS]],
    culprit: { target: 'sender→receiver' },
    summary: 'An advertisement seen at sender never reached receiver.',
  }),
  late({
    index: 16,
    cause: 'insufficient-evidence',
    parts: [['unexplained', 4_035_431_870n]],
    summary: 'keepalived slept before its send; its own system calls are missing, so nobody can be named.',
    more: { confidence: 0.004, advice: ['Record without a filter, so that epoll_wait and switch events are there.'] },
  }),
];
