import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/sessions/environment/kernel-command-line.js';

const parameters = (text: string) => Object.fromEntries(readCommandLine(text).parameters);

describe('the command line of the kernel', () => {
  it('is read into parameters', () => {
    expect(
      parameters(
        'BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 root=UUID=0f3b7d1e-7a54-4a4a-8f0e-111122223333 ro quiet isolcpus=1-3 console=tty0 console=ttyS0,115200 iommu.passthrough=1 dyndbg="file a.c +p"\n',
      ),
    ).toEqual({
      BOOT_IMAGE: '/boot/vmlinuz-6.1.0-18-amd64',
      root: 'UUID=0f3b7d1e-7a54-4a4a-8f0e-111122223333',
      ro: true,
      quiet: true,
      isolcpus: '1-3',
      console: 'tty0,ttyS0,115200',
      'iommu.passthrough': 1,
      dyndbg: 'file a.c +p',
    });
  });

  it('ends where the arguments of init begin, which are counted', () => {
    expect(readCommandLine('a=1 -- --token x')).toEqual({ parameters: new Map([['a', 1]]), initArguments: 2 });
    expect(readCommandLine('')).toEqual({ parameters: new Map(), initArguments: 0 });
  });

  it.each([
    (s: string) => `a=1 password=${s} b=2`,
    (s: string) => `a=1 rd.luks.key=${s} b=2`,
    (s: string) => `a=1 agent.api-token="${s}" b=2`,
    (s: string) => `a=1 inst.ks=https://user:${s}@host/ks.cfg b=2`,
    (s: string) => `a=1 opts="x password=${s} y" b=2`,
    (s: string) => `a=1 "password=${s}" b=2`,
    (s: string) => `a=1 netroot=iscsi:me:${s}@10.0.0.1::3260 b=2`,
    (s: string) => `a=1 systemd.set_credential=x:${s} b=2`,
    (s: string) => `a=1 password=x password=${s} b=2`,
    (s: string) => `a=1 b=2 -- ${s} --password ${s}`,
    (s: string) => `a=1 thing=${s}${s}x b=2`,
    (s: string) => `a=1 b=2 ="${s}" "${s} x"`,
  ])('keeps no secret, place %#', (place) => {
    fc.assert(
      fc.property(fc.stringMatching(/^Zq[A-Za-z0-9]{9,20}1$/), (secret) => {
        const read = readCommandLine(place(secret));
        expect(JSON.stringify([...read.parameters])).not.toContain(secret);
        expect(read.parameters.get('a')).toBe(1);
        expect(read.parameters.get('b')).toBe(2);
      }),
    );
  });
});
