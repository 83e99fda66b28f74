import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../src/sources/strace/arguments.js';
import { readBody } from '../../../src/sources/strace/body.js';
import { isStraceLine } from '../../../src/sources/strace/recognise.js';
import { recognise } from '../../../src/sources/recognise.js';
import { readStrace } from './reading.js';

const SENT = String.raw`sendmsg(13<RAW:[1193899]>, {msg_name={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("224.0.0.18")}, msg_namelen=16, msg_iov=[{iov_base="E\300\0(\0\2\0\0\377p\0\0\300\250\315\10\340\0\0\22!\315e\1\1\1/\324\300\250\315\7"..., iov_len=40}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, MSG_DONTROUTE) = 40 <0.000058>`;
const ROWS_OF_SENT = [
  'sendmsg fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 vrrp=2/205/101',
  'sendmsg res=40 fd=13(<4r>0.0.0.0:112) vrrp=2/205/101',
];
const ARMED =
  'timerfd_settime(5<anon_inode:[timerfd]>, 0, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=1, tv_nsec=2000}}, NULL) = 0 <0.000009>';

/** Rows without their times, threads and names. */
const infosOf = async (...bodies: string[]): Promise<string[]> => {
  const { rows } = await readStrace(
    bodies.map((body, i) => `77 1795903214.${String(100000 + 100 * i)} ${body}\n`).join(''),
  );
  return rows.map((row) => row.replace(/^\S+ \S+ \S* [<>] /, ''));
};

describe('forms of a line', () => {
  it.each([
    ['-f -o FILE', '18211 1795903214.758394 '],
    ['on a terminal', '[pid 18211] 1795903214.758394 '],
    ['with a wide number', '[pid  18211] 1795903214.758394 '],
    ['ns', '18211 1795903214.758394000 '],
    ['-r beside', '18211 1795903214.758394 (+     0.000317) '],
    ['-i and -n', '18211 1795903214.758394 [  46] [00007f699881bad7] '],
    ['--decode-pids=pidns', "18211 /* 12 in strace's PID NS */ 1795903214.758394 "],
  ])('%s', async (_, prefix) => {
    const { rows, clock } = await readStrace(`${prefix}${SENT}\n`);
    expect(clock).toBe('epoch');
    expect(rows).toEqual([`4.758394 18211  > ${ROWS_OF_SENT[0]}`, `4.758452 18211  < ${ROWS_OF_SENT[1]}`]);
    expect(isStraceLine(`${prefix}${SENT}`)).toBe(true);
  });

  it('-Y tells names, also of who sent a signal', async () => {
    const { rows } = await readStrace(
      '12<keepalived> 1795903214.1 --- x\n12<keepalived> 1795903214.100000 --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=9<night (x)>, si_uid=0} ---\n',
    );
    expect(rows).toEqual(['4.100000 12 keepalived > signaldeliver spid=9(night\\x20(x)) sig=19(SIGSTOP)']);
  });

  it('a process alone has no number, or that of its file (-ff)', async () => {
    const line = '1795903214.758394 getuid() = 0 <0.000009>\n';
    expect((await readStrace(line)).rows[0]).toBe('4.758394 -1  > getuid');
    expect((await readStrace(line, 'trace.1234')).rows[0]).toBe('4.758394 1234  > getuid');
    expect((await readStrace(`strace: Process 99 attached\n${line}`)).rows[0]).toBe('4.758394 99  > getuid');
  });

  it('a process that was alone stays one when lines begin to name it, and a message inside a line does not break it', async () => {
    const { rows, counts } = await readStrace(
      [
        '1795903214.500000 execve("/usr/sbin/keepalived", ["keepalived"], 0x7ffe /* 30 vars */) = 0 <0.000200>',
        '1795903214.500670 clone(child_stack=NULL, flags=SIGCHLDstrace: Process 8660 attached',
        ', child_tidptr=0x7fa25e445e50) = 8660 <0.000202>',
        '[pid  8660] 1795903214.500934 getpid() = 8660 <0.000008>',
        '[pid  8659] 1795903214.501048 wait4(-1,  <unfinished ...>',
        '[pid  8660] 1795903214.551921 +++ killed by SIGKILL +++',
        '1795903214.551955 <... wait4 resumed>[{WIFSIGNALED(s)}], 0, NULL) = 8660 <0.050655>',
        '',
      ].join('\n'),
    );
    expect(rows.map((row) => row.replace(/^\S+ /, ''))).toEqual([
      '-1  > execve name=/usr/sbin/keepalived',
      '-1  < execve res=0',
      '-1 keepalived > clone',
      '-1 keepalived < clone res=8660(keepalived)',
      '8660 keepalived > getpid',
      '8660 keepalived < getpid res=8660',
      '-1 keepalived > wait4',
      '8660 keepalived > procexit status=0 sig=9(SIGKILL)',
      '-1 keepalived < wait4 res=8660',
    ]);
    expect(counts).toEqual({ strace_slows_sender: 1 });
  });

  it('times of day go on past midnight', async () => {
    const { rows, clock } = await readStrace('7 23:59:59.900000 getuid() = 0\n7 00:00:00.100000 getgid() = 0\n');
    expect(clock).toBe('time-of-day');
    expect(rows.map((row) => row.split(' ')[0])).toEqual([
      '86399.900000',
      '86400.100000',
      '86400.100000',
      '86400.100000',
    ]);
  });

  it.each([
    ['-t', '18211 22:00:14 ', /whole seconds/],
    ['--absolute-timestamps=unix', '18211 1795903214 ', /whole seconds/],
    ['the same of one process', '1795903214 ', /whole seconds/],
    ['-r', '18211      0.000123 ', /line before/],
    ['the same of one process', '     0.000123 ', /line before/],
    ['no time', '18211 ', /without times/],
    ['nothing', '', /without times/],
  ])('%s is refused, with what to do', async (_, prefix, why) => {
    expect(recognise(Buffer.from(`${prefix}${SENT}\n`))).toBe('strace');
    const reading = readStrace(`${prefix}${SENT}\n`.repeat(4));
    await expect(reading).rejects.toThrow(why);
    await expect(reading).rejects.toThrow(/strace -f -ttt -T/);
    await expect(readStrace(`${prefix}${SENT}\n`)).rejects.toThrow(why);
  });
});

describe('calls', () => {
  it('tell what a timer was armed for, and until when a wait lasts', async () => {
    expect(await infosOf(ARMED)).toEqual([
      'timerfd_settime fd=5(<t>) flags=0 value_ns=1000002000',
      'timerfd_settime res=0 fd=5(<t>)',
    ]);
    expect(
      await infosOf(
        'timerfd_settime(5, TFD_TIMER_ABSTIME, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=9, tv_nsec=0}}, NULL) = 0',
        'epoll_wait(4, [{events=EPOLLIN, data={u32=1, u64=2}}], 5, 250) = 1 <0.2>',
        'epoll_wait(4, [], 5, -1) = -1 EINTR (Interrupted system call) <0.025898>',
        'select(6, [5], NULL, NULL, {tv_sec=0, tv_usec=5000}) = 0 (Timeout) <0.005>',
        'poll([{fd=3, events=POLLIN}], 1, 1000) = ? ERESTART_RESTARTBLOCK (Interrupted by signal) <0.1>',
        'restart_syscall(<... resuming interrupted poll ...>) = 0 <0.9>',
      ),
    ).toEqual([
      'timerfd_settime fd=5 flags=1 value_ns=9000000000',
      'timerfd_settime res=0 fd=5',
      'epoll_wait wait_ns=250000000',
      'epoll_wait res=1',
      'epoll_wait',
      'epoll_wait res=-1(EINTR)',
      'select wait_ns=5000000',
      'select res=0',
      'poll fds=3 wait_ns=1000000000',
      'poll res=-1(ERESTART_RESTARTBLOCK)',
      'poll',
      'poll res=0',
    ]);
  });

  it('send and receive advertisements of IPv6, and of unicast peers', async () => {
    const to6 =
      'msg_name={sa_family=AF_INET6, sin6_port=htons(0), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "ff02::12", &sin6_addr), sin6_scope_id=if_nametoindex("eth0")}';
    const from6 = to6.replace('ff02::12', 'fe80::9');
    expect(
      await infosOf(
        String.raw`sendmsg(13, {${to6}, msg_iov=[{iov_base="1\315e\1\0002x\0", iov_len=24}], msg_flags=0}, 0) = 24 <0.00001>`,
        String.raw`recvmsg(12, {${from6}, msg_iov=[{iov_base="1\315d\1\0002x\0", iov_len=1024}], msg_flags=0}, 0) = 24 <0.00001>`,
        String.raw`recvfrom(12, "E\300\0(\0\2\0\0\377p\0\0\300\250\315\t\340\0\0\22!\315d\1", 128, MSG_DONTWAIT, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("192.168.205.9")}, [16]) = 40 <0.00001>`,
        SENT.replace('224.0.0.18', '10.0.0.2'),
      ),
    ).toEqual([
      'sendmsg fd=13(<6r>:::112) size=24 tuple=:::112->ff02::12:0 vrrp=3/205/101',
      'sendmsg res=24 fd=13(<6r>:::112) vrrp=3/205/101',
      'recvmsg fd=12',
      'recvmsg res=24 fd=12 tuple=fe80::9:0->:::112 vrrp=3/205/100',
      'recvfrom fd=12',
      'recvfrom res=40 fd=12 tuple=192.168.205.9:0->0.0.0.0:112 vrrp=2/205/100',
      'sendmsg fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->10.0.0.2:0 vrrp=2/205/101',
      'sendmsg res=40 fd=13(<4r>0.0.0.0:112) vrrp=2/205/101',
    ]);
  });

  it('that send and are made again after a signal are one', async () => {
    const infos = await infosOf(
      SENT.replace('= 40 <', '= ? ERESTARTSYS (To be restarted if SA_RESTART is set) <'),
      '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=9, si_uid=0} ---',
      SENT,
    );
    expect(infos).toEqual([ROWS_OF_SENT[0], 'signaldeliver sig=17(SIGCHLD)', ROWS_OF_SENT[1]]);
  });

  it('name what they act on, by notes or as earlier calls tell', async () => {
    const infos = await infosOf(
      'socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 14 <0.00002>',
      'connect(14, {sa_family=AF_UNIX, sun_path="/dev/log"}, 110) = 0 <0.00002>',
      'sendto(14, "<30>Nov 28 Keepalived_v"..., 91, MSG_NOSIGNAL, NULL, 0) = 91 <2.5>',
      'close(14) = 0 <0.00001>',
      'openat(AT_FDCWD</root>, "/tmp/a b)\\"c", O_RDWR) = 14 <0.00001>',
      'write(14, "x", 1) = 1 <0.00001>',
      'write(3<UNIX:[1->2,"/dev/log"]>, "x", 1) = 1 <0.00001>',
      'fsync(7</var/log/we)ird \\74na-\\76me>) = -1 EIO (Input/output error) <0.1>',
    );
    expect(infos.filter((_, i) => i % 2 === 0)).toEqual([
      'socket',
      'connect fd=14(<u>/dev/log)',
      'sendto fd=14(<u>/dev/log) size=91 syslog sev=6',
      'close fd=14(<u>/dev/log)',
      'openat name=/tmp/a\\x20b)"c',
      'write fd=14(<f>/tmp/a\\x20b)"c) size=1',
      'write fd=3(<u>/dev/log) size=1',
      'fsync fd=7(<f>/var/log/we)ird\\x20<na->me)',
    ]);
    expect(infos.at(-1)).toBe('fsync res=-1(EIO)');
  });

  it('are told apart from texts in them that look like their ends', async () => {
    expect(await infosOf(String.raw`write(2, "a\") = 7 <unfinished ...>) = 3 EPERM (x", 40) = 40 <0.5>`)).toEqual([
      'write fd=2 size=40',
      'write res=40 fd=2',
    ]);
  });

  it('are paired by thread, and cut ones counted', async () => {
    const { rows, counts } = await readStrace(
      [
        '7 1795903214.100000 <... read resumed>"", 1) = 0 <0.1>',
        '7 1795903214.200000 write(2, "x",  <unfinished ...>',
        '8 1795903214.300000 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0 <0.05>',
        '7 1795903214.400000 <... write resumed>1) = 1 <0.199990>',
        '8 1795903214.450000 epoll_wait(4,  <detached ...>',
        '8 1795903215.450000 getuid() = 0 <0.000001>',
        'keepalived: what it prints itself',
        '7 1795903215.500000 write(2, "cut',
      ].join('\n'),
    );
    expect(rows.map((row) => row.trim())).toEqual([
      '4.200000 7  > write fd=2',
      '4.300000 8  > nanosleep',
      '4.350000 8  < nanosleep res=0',
      '4.399990 7  < write res=1 fd=2',
      '4.450000 8  > epoll_wait',
      '5.450000 8  > drop',
      '5.450000 8  > getuid',
      '5.450001 8  < getuid res=0',
    ]);
    expect(counts).toEqual({
      strace_resumed_without_start: 1,
      strace_detached: 1,
      strace_foreign_line: 1,
      strace_cut_line: 1,
      strace_nameless_process: 2,
      strace_slows_sender: 1,
    });
  });

  it('stacks (-k) and the table of -C are passed over', async () => {
    const { counts } = await readStrace(
      [
        '7 1795903214.100000 getuid() = 0 <0.000001>',
        '7 getuid() = 0 <0.000001>',
        ' > /usr/lib/x86_64-linux-gnu/libc.so.6(wait4+0x13) [0xd3bd3]',
        '',
        '% time     seconds  usecs/call     calls    errors syscall',
        '------ ----------- ----------- --------- --------- ----------------',
        '  7.10    0.000064           2        26         6 newfstatat',
        '100.00    0.000901           3       243        24 total',
        '',
      ].join('\n'),
    );
    expect(counts).toEqual({ strace_other_time: 1, strace_nameless_process: 1, strace_slows_sender: 1 });
  });
});

describe('any text', () => {
  const SECRET = 'hunter2secret';

  it('never shows what was sent or received', () => {
    const names = fc.constantFrom('write', 'sendto', 'sendmsg', 'recvmsg', 'read', 'ioctl', 'setsockopt');
    const places = fc.constantFrom(
      '3, "#"',
      '3, {iov_base="#"...}',
      '3, ["#", "#"]',
      'a, [{x="#"}, "',
      '"/bin/x", ["#"], ["P=#"]',
    );
    fc.assert(
      fc.property(names, places, fc.string(), (name, place, noise) => {
        const quoted = `${SECRET}${noise.replaceAll(/["\\]/g, '')}`;
        const body = readBody(`${name}(${place.replaceAll('#', () => quoted)}) = 1`);
        expect(JSON.stringify(body, (key, value: unknown) => (key === 'head' ? null : value))).not.toContain(SECRET);
      }),
    );
  });

  it('of pieces of strace is read in whatever chunks, without an error of any other kind than that it is unusable', async () => {
    const piece = fc.constantFrom('7 ', '[pid 8] ', '1795903214.123456 ', '12:00:00.000001 ', 'write(', '"', '\\', ')', '(', '<', '>', '1<', ' = 1', ' <0.1>', '<unfinished ...>', '<... write resumed>', '--- SIGSTOP {si_code=SI_USER, si_pid=1} ---', '+++ exited with 0 +++', '\n', ', ', '{', 'strace: Process 9 attached'); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), async (pieces, size) => {
        const text = pieces.join('');
        const read = (by: number): Promise<unknown> =>
          readStrace(text, 'x', by).catch((error: unknown) => (error as Error).message);
        const whole = await read(65_536);
        expect(await read(size)).toEqual(whole);
        if (typeof whole === 'string') expect(whole).toMatch(/^x: (?:holds no usable|is output of strace)/);
      }),
      { numRuns: 200 },
    );
  });

  it('of a great length is read in one pass', () => {
    for (const part of ['(', '<', '1<', '"\\', '/*', 'sa_family=AF_INET6, sin6_port=htons(1)', ' <1', '1<a->'])
      expect(readArguments(part.repeat(300_000), 0, true).masked.length).toBeLessThanOrEqual(8192);
  });
});
