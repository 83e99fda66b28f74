import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isVrrpReceive,
  readDescriptor,
  readNumber,
  readPath,
  readPayloadHint,
  readResult,
  readSignal,
  readTarget,
  readTuple,
  vrrpDestination,
} from '../../src/timeline/info.js';

const SENDMSG_ENTER = 'fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';
const SENDMSG_NAMED = 'fd=13(<4r>192.168.205.8->224.0.0.18) size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';
/** An IPv4 header as sysdig prints it: 20 bytes, the unprintable ones as dots. */
const IP_HEADER = 'E..(.8....p.........';
const SENDMSG_EXIT = `res=40 data=${IP_HEADER}!3....d......... `;
const SENDMSG_EXIT_ONLY = `${SENDMSG_EXIT}${SENDMSG_ENTER}`;
const SWITCH = 'next=23611(keepalived) pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 ';
const KILL = 'pid=23611(keepalived) sig=19(SIGSTOP) ';
const SIGNAL = 'spid=0 dpid=23611(keepalived) sig=19(SIGSTOP) ';

const readers: readonly [string, (info: string) => unknown][] = [
  ['readResult', readResult],
  ['readDescriptor', readDescriptor],
  ['readTuple', readTuple],
  ['vrrpDestination', vrrpDestination],
  ['isVrrpReceive', isVrrpReceive],
  ['readPayloadHint', readPayloadHint],
  ['readNumber', (info) => readNumber(info, 'pgft_maj')],
  ['readSignal', readSignal],
  ['readTarget', readTarget],
  ['readPath', readPath],
];

/** Texts made of what the readers look for. */
const pieces = fc.constantFrom(
  ...[
    'res=',
    'fd=',
    'tuple=',
    'sig=',
    'pid=',
    'tid=',
    'data=',
    'name=',
    'path=',
    'NULL',
    '->',
    ':',
    '(',
    ')',
    '<',
    '>',
  ],
  ...[
    ' ',
    '4r',
    '-1',
    '112',
    '224.0.0.18',
    'ff02::12',
    '40',
    'EPERM',
    'E',
    '!',
    '99999999999999999999',
    '\u0000',
    '\ufffd',
  ],
);
const hostile = fc.oneof(
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

/** Names a thread may give itself: at most 15 bytes of anything but NUL. */
const comm = fc.oneof(
  fc.constantFrom(
    'a (b) c',
    ') pgft_maj=',
    '((((',
    '))))',
    ' x y ',
    ') tid=7',
    'a) b',
    'sig=',
    '(sd-pam)',
    'kworker/0:1-ev',
  ),
  fc.string({ minLength: 1, maxLength: 15 }),
);

describe.each(readers)('%s', (_, read) => {
  it('never throws, whatever it reads', () => {
    fc.assert(
      fc.property(hostile, (info) => {
        expect(() => read(info)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('takes long hostile texts in a moment', () => {
    const started = performance.now();
    for (const piece of ['fd=3(<f>', 'tuple=', ' name=', 'a->', '(((((', ' res=']) read(piece.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('readResult', () => {
  it.each([
    [SENDMSG_EXIT, { value: 40, errno: null }],
    ['res=-4(EINTR) ', { value: -4, errno: 'EINTR' }],
    ['res=-1(EPERM) data= ', { value: -1, errno: 'EPERM' }],
    ['res=0 fds=3:u0 ', { value: 0, errno: null }],
    ['res=25215(keepalived) exe=keepalived ', { value: 25215, errno: null }],
    ['', { value: null, errno: null }],
    ['fd=3(<f>/tmp/res=5) ', { value: null, errno: null }],
  ])('of %j', (info, result) => {
    expect(readResult(info)).toEqual(result);
  });
});

describe('readDescriptor', () => {
  it.each([
    [SENDMSG_ENTER, { number: 13, kind: '4r', name: '0.0.0.0:112' }],
    ['fd=5(<t>) size=8 ', { number: 5, kind: 't', name: '' }],
    ['fd=2(<f>/path) size=70 ', { number: 2, kind: 'f', name: '/path' }],
    ['fd=7 size=70 ', { number: 7, kind: '', name: '' }],
    ['fd=-2(ENOENT) name=/etc/x ', { number: -2, kind: '', name: 'ENOENT' }],
    ['fd=4(<f>/tmp/a (1).txt) size=1 ', { number: 4, kind: 'f', name: '/tmp/a (1).txt' }],
    ['fd=4(<f>/tmp/a(1) size=1 ', { number: 4, kind: 'f', name: '/tmp/a(1' }],
    [SWITCH, null],
  ])('of %j', (info, descriptor) => {
    expect(readDescriptor(info)).toEqual(descriptor);
  });

  it('reads any name without a bracket before a space', () => {
    const name = fc.string({ maxLength: 40 }).filter((text) => !/\)\s|\)$|[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('f', '4r', 'u', 't'), name, (number, kind, text) => {
        expect(readDescriptor(`fd=${number}(<${kind}>${text}) size=1 `)).toEqual({ number, kind, name: text });
      }),
    );
  });
});

describe('readTuple and vrrpDestination', () => {
  it.each([
    [SENDMSG_ENTER, '224.0.0.18'],
    [SENDMSG_NAMED, '224.0.0.18'],
    [SENDMSG_EXIT_ONLY, '224.0.0.18'],
    ['fd=12(<4r>) size=40 tuple=0.0.0.0:112->192.168.1.9:0 ', '192.168.1.9'],
    ['fd=12(<6r>) size=40 tuple=fe80::1:112->ff02::12:0 ', 'ff02::12'],
    ['fd=12(<4r>192.168.205.8->224.0.0.18) size=40 ', '224.0.0.18'],
    ['fd=12(<4r>192.168.205.8->224.0.0.181) size=40 ', null],
    ['fd=12(<4u>10.0.0.1:40000->10.0.0.2:53) size=40 tuple=10.0.0.1:40000->10.0.0.2:53 ', null],
    ['fd=12(<4r>1.2.3.4->224.0.0.18) size=40 tuple=10.0.0.1:112->10.0.0.2:112 ', null],
    ['fd=4(<u>) size=10 tuple=NULL ', null],
    ['fd=4(<u>) size=10 tuple=ffff9c5d->ffff9c5e /dev/log ', null],
    ['', null],
  ])('of %j', (info, destination) => {
    expect(vrrpDestination(info)).toBe(destination);
  });

  it('reads addresses and ports of both families', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), fc.nat({ max: 65535 }), fc.nat({ max: 65535 }), (a, b, m, n) => {
        expect(readTuple(`fd=1 tuple=${a}:${m}->${b}:${n} `)).toEqual({ local: a, localPort: m, peer: b, peerPort: n });
      }),
    );
  });

  it('believes no tuple or descriptor inside a payload', () => {
    expect(vrrpDestination('res=90 data=sent tuple=0.0.0.0:112->224.0.0.18:0 now ')).toBeNull();
    expect(vrrpDestination('res=90 data=sent fd=13(<4r>1.2.3.4->224.0.0.18) now ')).toBeNull();
    expect(isVrrpReceive('res=90 data=got fd=13(<4r>0.0.0.0:112) now ')).toBe(false);
  });
});

describe('readPath', () => {
  it.each([
    ['fd=2(<f>/var/log/messages) size=70 ', '/var/log/messages'],
    [
      'dirfd=-100(AT_FDCWD) name=/etc/keepalived/keepalived.conf flags=1(O_RDONLY) mode=0 ',
      '/etc/keepalived/keepalived.conf',
    ],
    ['res=0 path=/run/x ', '/run/x'],
    ['fd=5(<t>) size=8 ', null],
    ['', null],
  ])('of %j', (info, path) => {
    expect(readPath(info)).toBe(path);
  });

  it('takes nothing out of a payload', () => {
    fc.assert(
      fc.property(fc.constantFrom('name', 'path', 'addr', 'filename'), (key) => {
        expect(readPath(`res=30 data=x ${key}=hunter2 `)).toBeNull();
        expect(readPath(`res=30 data=x fd=3(<f>hunter2) `)).toBeNull();
      }),
    );
  });
});

describe('readSignal and readTarget', () => {
  it.each([
    [KILL, 'SIGSTOP', 23611],
    [SIGNAL, 'SIGSTOP', null],
    ['pid=100(keepalived) tid=101(keepalived) sig=9(SIGKILL) ', 'SIGKILL', 101],
    ['pid=100(keepalived) sig=0 ', 'SIG0', 100],
    ['pid=23611 sig=64(SIGRTMAX) ', 'SIGRTMAX', 23611],
    ['res=0 pid=23611(keepalived) sig=19(SIGSTOP) ', 'SIGSTOP', 23611],
    ['status=0 ret=0 sig=0 core=0 reaper_tid=0 ', 'SIG0', null],
    ['request=16(PTRACE_ATTACH) pid=23611(keepalived) ', null, 23611],
    ['', null, null],
  ])('of %j', (info, signal, target) => {
    expect(readSignal(info)).toBe(signal);
    expect(readTarget(info)).toBe(target);
  });

  it('reads the signal behind any name', () => {
    fc.assert(
      fc.property(comm, (name) => {
        expect(readSignal(`pid=23611(${name}) sig=19(SIGSTOP) `)).toBe('SIGSTOP');
      }),
    );
    expect(readSignal('pid=23611(a sig=9(SIGKIL) sig=19(SIGSTOP) ')).toBe('SIGSTOP');
  });

  it('reads the target, not a number in its name', () => {
    expect(readTarget('pid=23611(a tid=7 b) sig=19(SIGSTOP) ')).toBe(23611);
    expect(readTarget('pid=100(x pid=5) tid=101(y tid=6) sig=9(SIGKILL) ')).toBe(101);
  });
});

describe('readNumber', () => {
  it('reads the counters behind any name', () => {
    fc.assert(
      fc.property(
        comm.filter((name) => !name.includes('pgft_maj=')),
        fc.nat(),
        (name, faults) => {
          const info = `next=23611(${name}) pgft_maj=${faults} pgft_min=5 vm_size=0 vm_rss=0 vm_swap=0 `;
          expect(readNumber(info, 'pgft_maj')).toBe(faults);
        },
      ),
    );
    expect(readNumber('next=7() pgft_maj=9 ) pgft_maj=3 pgft_min=0 ', 'pgft_min')).toBe(0);
  });
});

describe('readPayloadHint', () => {
  it.each([
    [SENDMSG_EXIT, { version: 2, vrid: 0x33, priority: null }],
    [`res=40 data=${IP_HEADER}13d... `, { version: 3, vrid: 0x33, priority: 0x64 }],
    ['res=20 data=!3d.... ', { version: 2, vrid: 0x33, priority: 0x64 }],
    ['res=20 data=hello ', { version: null, vrid: null, priority: null }],
    ['res=20 ', { version: null, vrid: null, priority: null }],
  ])('of %j', (info, hint) => {
    expect(readPayloadHint(info)).toEqual(hint);
  });

  it('looks at three bytes only: no password changes the hint', () => {
    const head = `res=40 data=${IP_HEADER}!3d.`;
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (secret) => {
        expect(readPayloadHint(`${head}${secret} `)).toEqual({ version: 2, vrid: 0x33, priority: 0x64 });
      }),
    );
  });
});
