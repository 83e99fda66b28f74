import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeQemu } from '../../../src/sessions/environment/qemu.js';

const LIBVIRT = [
  '/usr/bin/qemu-system-x86_64',
  ...['-name', 'guest=lb1,debug-threads=on'],
  ...['-object', '{"qom-type":"secret","id":"masterKey0","data":"aGVsbG8="}'],
  ...['-machine', 'pc-q35-7.2,usb=off,dump-guest-core=off,memory-backend=pc.ram'],
  ...['-accel', 'kvm'],
  ...['-cpu', 'host,migratable=on,+x2apic'],
  ...['-m', '2048'],
  ...['-overcommit', 'mem-lock=off'],
  ...['-smp', '2,sockets=2,cores=1,threads=1'],
  ...['-object', 'iothread,id=iothread1'],
  ...['-netdev', 'tap,fds=30:32,id=hostnet0,vhost=on,vhostfds=33:34,queues=2'],
  ...['-device', 'virtio-net-pci,mq=on,vectors=6,netdev=hostnet0,mac=52:54:00:aa:bb:cc,rx_queue_size=512'],
  ...['-netdev', 'tap,ifname=tap7,script=/etc/qemu-ifup,id=n1'],
  ...['-device', 'e1000,netdev=n1'],
  ...['-device', 'virtio-blk-pci,drive=d0'],
];

describe('the arguments of QEMU', () => {
  it('tell how its guest runs and sends', () => {
    expect(Object.fromEntries(describeQemu(LIBVIRT))).toEqual({
      'accel.type': 'kvm',
      cpu: 'host,migratable=on,+x2apic',
      'machine.type': 'pc-q35-7.2',
      'machine.usb': 'off',
      'overcommit.mem_lock': 'off',
      'smp.cpus': 2,
      'smp.sockets': 2,
      'smp.cores': 1,
      'smp.threads': 1,
      iothread_count: 1,
      netdev_count: 2,
      'netdev.0.kind': 'tap',
      'netdev.0.vhost': 'on',
      'netdev.0.queues': 2,
      'netdev.1.kind': 'tap',
      'netdev.1.vhost': 'off',
      'nic.0.model': 'virtio-net-pci',
      'nic.0.mq': 'on',
      'nic.0.vectors': 6,
      'nic.0.rx_queue_size': 512,
      'nic.1.model': 'e1000',
    });
  });

  it.each([
    (s: string) => ['-name', s],
    (s: string) => ['-object', `secret,id=a,data=${s}`],
    (s: string) => ['-drive', `file=/x/${s},password-secret=${s}`],
    (s: string) => ['-vnc', `:1,password=${s}`],
    (s: string) => ['-netdev', `user,hostfwd=tcp::1-:2,smbserver=${s},vhost=on ${s}`],
    (s: string) => ['-netdev', `tap,ifname=${s},helper=/x/${s},vhost=/${s}`],
    (s: string) => ['-device', `virtio-net-pci,id=${s},mac=${s},mq=@${s}`],
    (s: string) => ['-machine', `type=/${s},accel="${s}"`],
    (s: string) => ['-cpu', `host,model-id=${s},x=/${s}`],
    (s: string) => ['-fw_cfg', `name=opt/x,string=${s}`],
    (s: string) => [s, `--${s}`, `-${s}`],
  ])('give nothing away, place %#', (place) => {
    fc.assert(
      fc.property(fc.stringMatching(/^Zq[A-Za-z0-9]{6,20}$/), (secret) => {
        const told = describeQemu(['qemu-system-x86_64', ...place(secret), '-smp', '4']);
        expect(JSON.stringify(told)).not.toContain(secret);
        expect(told).toContainEqual(['smp.cpus', 4]);
      }),
    );
  });
});
