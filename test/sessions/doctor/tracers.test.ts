import { describe, expect, it } from 'vitest';
import {
  chooseTracer,
  tryBpftrace,
  trySysdigModernBpf,
  trySysdigModule,
} from '../../../src/sessions/doctor/tracers.js';
import { DEBIAN, ended, fakeMachine } from './fake-machine.js';

const BPFTRACE = { 'bpftrace --version': ended(0, 'bpftrace v0.17.0\n') };
const SYSDIG = { 'sysdig --version': ended(0, 'sysdig version 0.38.1\n') };
const NO_DEVICE = ended(
  1,
  '',
  'Unable to load the driver\nerror opening device /dev/scap0. Make sure you have root credentials and that the scap module is loaded.\n',
);

describe('bpftrace', () => {
  it('records when it counted', async () => {
    const machine = fakeMachine({
      commands: {
        ...BPFTRACE,
        'bpftrace -e': ended(0, 'Attaching 2 probes...\n\n\n@: 71\n', "couldn't set RLIMIT_MEMLOCK for bpftrace."),
      },
    });
    expect(await tryBpftrace(machine)).toEqual({
      tracer: 'bpftrace',
      usable: true,
      reason: '0.17.0 records',
      fixes: [],
    });
  });

  it.each([
    ['exit code 0 but nothing counted', ended(0, 'Attaching 2 probes...\n\n@: 0\n'), /0\.17\.0: @: 0/, []],
    [
      'another user',
      ended(1, '', 'ERROR: bpftrace currently only supports running as the root user.\n'),
      /only supports running as the root user/,
      ['sudo whylate doctor'],
    ],
    [
      'no tracefs',
      ended(
        1,
        '',
        "ERROR: Unknown error -1: couldn't set RLIMIT_MEMLOCK for bpftrace.\nstdin:1:1-29: ERROR: tracepoint not found: sched:sched_switch\n",
      ),
      /^0\.17\.0: stdin:1:1-29: ERROR: tracepoint not found/,
      ['mount -t tracefs tracefs /sys/kernel/tracing'],
    ],
    [
      'lockdown',
      ended(255, '', 'ERROR: Error loading program: Operation not permitted\n'),
      /not permitted/,
      ['boot without lockdown=confidentiality'],
    ],
    ['it hangs', { kind: 'timeout' as const, stdout: '', stderr: '' }, /gave nothing in time/, []],
    ['it cannot be started', { kind: 'refused' as const, why: 'EACCES' }, /cannot be started \(EACCES\)/, []],
  ])('does not: %s', async (_, outcome, reason, fixes) => {
    const trial = await tryBpftrace(fakeMachine({ commands: { ...BPFTRACE, 'bpftrace -e': outcome } }));
    expect(trial).toMatchObject({ usable: false, fixes });
    expect(trial.reason).toMatch(reason);
  });

  it('must be there, and new enough', async () => {
    expect(await tryBpftrace(fakeMachine({ files: DEBIAN }))).toMatchObject({
      usable: false,
      reason: 'is not installed',
      fixes: ['apt-get install bpftrace'],
    });
    expect(
      await tryBpftrace(fakeMachine({ commands: { 'bpftrace --version': ended(0, 'bpftrace v0.9.4\n') } })),
    ).toMatchObject({ usable: false, reason: '0.9.4 is older than 0.17' });
  });
});

describe('sysdig by its modern BPF probe', () => {
  it('records when one event came', async () => {
    const machine = fakeMachine({ commands: { ...SYSDIG, 'sysdig --modern-bpf': ended(0, '1 12:00 ...') } });
    expect(await trySysdigModernBpf(machine)).toMatchObject({ usable: true, reason: 'sysdig 0.38.1 records' });
  });

  it('cannot where it is too old, or was built without', async () => {
    const refusal = ended(1, '', "sysdig: unrecognized option '--modern-bpf'\n");
    const trial = (version: string) =>
      trySysdigModernBpf(
        fakeMachine({
          commands: {
            'sysdig --version': ended(0, `sysdig version ${version}\n`),
            'sysdig --modern-bpf': refusal,
          },
        }),
      );
    expect((await trial('0.29.3')).reason).toMatch(/^sysdig 0\.29\.3 is older than .* reads files but cannot record/);
    expect((await trial('0.38.1')).reason).toMatch(/^sysdig 0\.38\.1 was built without/);
  });

  it('says why it failed', async () => {
    const failure = ended(1, '', 'libbpf: prog failed\nUnable to load the driver\nkernel has no BPF ring buffer\n');
    const machine = fakeMachine({ commands: { ...SYSDIG, 'sysdig --modern-bpf': failure } });
    expect((await trySysdigModernBpf(machine)).reason).toBe(
      'sysdig 0.38.1: libbpf: prog failed; Unable to load the driver',
    );
  });

  it('must be there', async () => {
    expect(await trySysdigModernBpf(fakeMachine({}))).toMatchObject({
      usable: false,
      fixes: ['install the package sysdig'],
    });
  });
});

describe('sysdig by its kernel module', () => {
  const trial = (files: Record<string, string | null>, more = {}) =>
    trySysdigModule(
      fakeMachine({ files: { ...DEBIAN, ...files }, commands: { ...SYSDIG, 'sysdig -n': NO_DEVICE, ...more } }),
    );

  it('records when one event came', async () => {
    expect(await trial({}, { 'sysdig -n': ended(0, '1 ...') })).toMatchObject({ usable: true });
  });

  it('cannot on a kernel that takes no modules', async () => {
    const { reason, fixes } = await trial({});
    expect(reason).toMatch(/^sysdig 0\.38\.1: this kernel takes no modules \(Unable to load the driver; error opening/);
    expect(fixes).toEqual([expect.stringMatching(/CONFIG_MODULES/)]);
  });

  it('tells a module that is not loaded from one that is not built', async () => {
    expect(await trial({ '/proc/modules': '' }, { 'modprobe -n scap': ended(0) })).toMatchObject({
      usable: false,
      fixes: ['modprobe scap'],
    });
    expect(await trial({ '/proc/modules': '' }, { 'modprobe -n scap': ended(1) })).toMatchObject({
      usable: false,
      fixes: ['apt-get install falcosecurity-scap-dkms linux-headers-6.1.0-18-amd64', 'modprobe scap'],
    });
  });

  it('says so where the module is loaded and it fails all the same', async () => {
    expect(await trial({ '/proc/modules': 'scap 880640 0 - Live 0x0 (OE)\n' })).toMatchObject({
      usable: false,
      fixes: ['modprobe -r scap', 'modprobe scap'],
    });
  });
});

describe('the choice of a tracer', () => {
  it('is the first that records', async () => {
    const commands = {
      ...SYSDIG,
      ...BPFTRACE,
      'sysdig --modern-bpf': ended(1),
      'sysdig -n': ended(0),
      'bpftrace -e': ended(0, '@: 5\n'),
    };
    expect((await chooseTracer(fakeMachine({ commands }))).tracer).toBe('sysdig-module');
    expect((await chooseTracer(fakeMachine({ commands: { ...commands, 'sysdig -n': ended(1) } }))).tracer).toBe(
      'bpftrace',
    );
    const all = await chooseTracer(fakeMachine({ commands: { ...commands, 'sysdig --modern-bpf': ended(0) } }));
    expect(all.tracer).toBe('sysdig-modern-bpf');
    expect(all.trials.map(({ usable }) => usable)).toEqual([true, true, true]);
  });

  it('is none where none records', async () => {
    const { tracer, trials } = await chooseTracer(fakeMachine({}));
    expect(tracer).toBeNull();
    expect(trials.map((trial) => trial.tracer)).toEqual(['sysdig-modern-bpf', 'sysdig-module', 'bpftrace']);
  });
});
