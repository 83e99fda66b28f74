import { describe, expect, it } from 'vitest';
import { checkBtf, checkLockdown, checkNode, checkRights, checkTracefs } from '../../../src/sessions/doctor/basis.js';
import { fakeMachine } from './fake-machine.js';

const status = (uid: number, capabilities: string) => ({
  files: { '/proc/self/status': `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${capabilities}\n` },
});

describe('what recording stands on', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.3', 'missing'],
    ['18.20.0', 'missing'],
  ])('Node.js %s is %s', (nodeVersion, expected) => {
    expect(checkNode(fakeMachine({ nodeVersion })).status).toBe(expected);
  });

  it('root with all capabilities', async () => {
    expect(await checkRights(fakeMachine(status(0, '000001ffffffffff')))).toMatchObject({ status: 'ok' });
    expect(await checkRights(fakeMachine(status(1000, '000001ffffffffff')))).toMatchObject({
      status: 'missing',
      text: 'runs as user 1000, not as root',
      fixes: ['sudo whylate doctor'],
    });
    // Docker's default set.
    expect(await checkRights(fakeMachine(status(0, '00000000a80425fb')))).toMatchObject({
      status: 'missing',
      text: 'runs as root without CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN, as in a container',
    });
    expect(await checkRights(fakeMachine({}))).toMatchObject({ status: 'note' });
  });

  it('tracefs, or debugfs with it', async () => {
    for (const folder of ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']) {
      const machine = fakeMachine({ files: { [`${folder}/events/sched/sched_switch/id`]: '1' } });
      expect(await checkTracefs(machine)).toMatchObject({ status: 'ok' });
    }
    expect(await checkTracefs(fakeMachine({ files: { '/sys/kernel/tracing/events': null } }))).toMatchObject({
      status: 'missing',
      fixes: ['sudo whylate doctor'],
    });
    expect(await checkTracefs(fakeMachine({}))).toMatchObject({
      status: 'missing',
      fixes: ['mount -t tracefs tracefs /sys/kernel/tracing'],
    });
  });

  it('types of the kernel', async () => {
    expect(await checkBtf(fakeMachine({ files: { '/sys/kernel/btf/vmlinux': '' } }))).toMatchObject({ status: 'ok' });
    expect(await checkBtf(fakeMachine({}))).toMatchObject({ status: 'missing' });
  });

  it.each([
    ['[none] integrity confidentiality', undefined],
    ['none [integrity] confidentiality', 'note'],
    ['none integrity [confidentiality]', 'missing'],
  ])('lockdown %s', async (text, expected) => {
    const check = await checkLockdown(fakeMachine({ files: { '/sys/kernel/security/lockdown': text } }));
    expect(check?.status).toBe(expected);
  });

  it('lockdown unknown to the kernel', async () => {
    expect(await checkLockdown(fakeMachine({}))).toBeNull();
  });
});
