import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfSettings } from '../../../src/sessions/environment/keepalived-conf/index.js';
import { openMachine } from '../../../src/sessions/environment/machine.js';
import { makeTree } from './fake-tree.js';

const MAIN = '/etc/keepalived/keepalived.conf';

const read = async (conf: string, more: Record<string, string> = {}, configId = 'lb1') => {
  const { settings, unreadFiles } = await readConfSettings(
    openMachine(makeTree({ [MAIN]: conf, ...more })),
    MAIN,
    configId,
  );
  return {
    ...Object.fromEntries([...settings].map(([name, value]) => [name.replace(/^keepalived\./, ''), value])),
    unreadFiles,
  };
};

describe('the settings of a keepalived.conf', () => {
  it('are flat, with units', async () => {
    expect(
      await read(`
! Configuration File for keepalived
global_defs {
   notification_email {
     one@example.com   # first
     two@example.com
   }
   notification_email_from lb@example.com
   smtp_server mail.example.com 25
   smtp_connect_timeout 30
   smtp_alert
   router_id LB_1
   vrrp_strict
   vrrp_rt_priority 50
   vrrp_rlimit_rttime 20000
   process_names
   script_user nobody
   startup_script "/etc/start.sh --all"
   startup_script_timeout 20
}
vrrp_script chk_http {
   script "/usr/bin/check http 80"
   interval 2
   timeout 1.5
   fall 3
   user root
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 101
    advert_int 0.5
    lower_prio_no_advert yes
    nopreempt
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        192.168.200.16/24 dev eth0 label eth0:1
        192.168.200.17
    }
    unicast_peer {
        10.0.0.2
    }
    track_script { chk_http }
    notify_master "/bin/notify master"
    notify_priority_changes on
    smtp_alert off
}
virtual_server 10.0.0.1 80 {
    delay_loop 6
    real_server 10.0.0.3 80 { TCP_CHECK { connect_timeout 3 } }
    real_server 10.0.0.4 80 {
        HTTP_GET { url { path /?token=abc } }
    }
}
`),
    ).toEqual({
      'global_defs.notification_email_count': 2,
      'global_defs.notification_email_from': true,
      'global_defs.smtp_server_kind': 'name',
      'global_defs.smtp_connect_timeout_s': 30,
      'global_defs.smtp_alert': true,
      'global_defs.router_id': 'LB_1',
      'global_defs.vrrp_strict': true,
      'global_defs.vrrp_rt_priority': 50,
      'global_defs.vrrp_rlimit_rttime_us': 20000,
      'global_defs.process_names': true,
      'global_defs.script_user': true,
      'global_defs.startup_script': true,
      'global_defs.startup_script_timeout_s': 20,
      'vrrp_script.chk_http.script': true,
      'vrrp_script.chk_http.interval_s': 2,
      'vrrp_script.chk_http.timeout_s': 1.5,
      'vrrp_script.chk_http.fall': 3,
      'vrrp_script.chk_http.user': true,
      'vrrp_instance.VI_1.state': 'MASTER',
      'vrrp_instance.VI_1.interface': 'eth0',
      'vrrp_instance.VI_1.virtual_router_id': 51,
      'vrrp_instance.VI_1.priority': 101,
      'vrrp_instance.VI_1.advert_int_s': 0.5,
      'vrrp_instance.VI_1.lower_prio_no_advert': true,
      'vrrp_instance.VI_1.nopreempt': true,
      'vrrp_instance.VI_1.auth_type': 'PASS',
      'vrrp_instance.VI_1.virtual_ipaddress_count': 2,
      'vrrp_instance.VI_1.unicast_peer_count': 1,
      'vrrp_instance.VI_1.track_script_count': 1,
      'vrrp_instance.VI_1.notify_master': true,
      'vrrp_instance.VI_1.notify_priority_changes': true,
      'vrrp_instance.VI_1.smtp_alert': false,
      virtual_server_count: 1,
      real_server_count: 2,
      'checker_count.TCP_CHECK': 1,
      'checker_count.HTTP_GET': 1,
      'conf.files_count': 1,
      'conf.withheld_count': 1,
      'conf.not_understood_count': 0,
      'conf.unbalanced_braces_count': 0,
      unreadFiles: {},
    });
  });

  it('follow conditions', async () => {
    const conf = '@lb1 router_a 1\n@lb2 router_b 1\n@^lb1 router_c 1\n@^lb2 router_d 1\n@lb1\n$IF=@lb1\n$IF router_e 1';
    const mine = await read(conf);
    expect(Object.keys(mine).filter((name) => name.startsWith('router'))).toEqual(['router_a', 'router_d', 'router_e']);
  });

  it('replace parameters when they are used, recursively, and in several lines', async () => {
    expect(
      await read(`
$BASE=10.2.\${SUB}
$SUB=0
first \${BASE}.100
$SUB=10
second \${BASE}.100
third $SUB
fourth \${UNKNOWN_ONE}x
$INSTANCE= \\
vrrp_instance VI_\${NUM} { \\
    @high priority 130 \\
    @^high priority 120 \\
    virtual_ipaddress { \\
       10.0.\${NUM}.254/24 \\
    } \\
}
$NUM=0
$INSTANCE
$NUM=1
$INSTANCE
`),
    ).toMatchObject({
      first: '10.2.0.100',
      second: '10.2.10.100',
      third: 10,
      'vrrp_instance.VI_0.priority': 120,
      'vrrp_instance.VI_1.priority': 120,
      'vrrp_instance.VI_1.virtual_ipaddress_count': 1,
    });
  });

  it('include files by wildcards, relative to the file that includes', async () => {
    expect(
      await read('include conf.d/*.conf\ninclude conf.d/{x,y}.inc\nincluder /nowhere/z\nlast 1', {
        '/etc/keepalived/conf.d/b.conf': 'b 1\ninclude sub/[ab].inc',
        '/etc/keepalived/conf.d/a.conf': 'a 1',
        '/etc/keepalived/conf.d/.hidden.conf': 'hidden 1',
        '/etc/keepalived/conf.d/y.inc': 'y 1',
        '/etc/keepalived/conf.d/sub/a.inc': 'deep 1',
      }),
    ).toEqual({
      a: 1,
      b: 1,
      deep: 1,
      y: 1,
      last: 1,
      'conf.files_count': 5,
      'conf.withheld_count': 0,
      'conf.not_understood_count': 0,
      'conf.unbalanced_braces_count': 0,
      unreadFiles: { absent: 2 },
    });
  });

  it('end where files include themselves and parameters contain themselves', async () => {
    const loop = await read('include *.conf\na 1');
    expect(loop).toMatchObject({ a: 1, 'conf.files_count': 9, unreadFiles: { limit: 1 } });
    const bomb = await read('$A=$A x\nb $A\n$C=${D}${D}\n$D=${C}${C}\ne ${C}\nf 1');
    expect(bomb).toMatchObject({ f: 1 });
  });

  it('keep quoted text, escaped comment characters and braces together', async () => {
    expect(
      await read('a "x # y" z # comment\nb p\\#q\nc "{ not a block }"\nd ab" c d "ef\n{\ne 1\n}\n}\nf { g {'),
    ).toMatchObject({
      a: 'x # y z',
      b: 'p#q',
      c: '{ not a block }',
      'd.ab_c_d_ef.e': 1,
      'conf.unbalanced_braces_count': 3,
    });
  });

  it('keep all values of a keyword that is repeated', async () => {
    expect(await read('vrrp_instance A {\n interface eth0\n interface eth1\n}')).toMatchObject({
      'vrrp_instance.A.interface': 'eth0 | eth1',
    });
  });

  it('say nothing where there is no file', async () => {
    const { settings, unreadFiles } = await readConfSettings(openMachine(makeTree({})), MAIN, 'x');
    expect([...settings]).toEqual([]);
    expect(unreadFiles).toEqual({ absent: 1 });
  });

  it('count lines that are no settings', async () => {
    expect(await read('~SEQ(A, 1, 3) x $A\n/some/path 1\n*** 2\nok 1')).toMatchObject({
      ok: 1,
      'conf.not_understood_count': 3,
    });
  });
});

/** Places of a configuration in which a secret stands, as people write them. */
const PLACES: readonly ((secret: string) => string)[] = [
  (s) => `vrrp_instance V {\n authentication {\n  auth_type PASS\n  auth_pass ${s}\n }\n}`,
  (s) => `vrrp_instance V { authentication { auth_type PASS auth_pass ${s} } }`,
  (s) => `vrrp_instance V {\n authentication {\n auth_type ${s}\n ${s}\n }\n}`,
  (s) => `vrrp_instance V {\n auth_type PASS ${s}\n auth_pass "${s}"\n}`,
  (s) => `auth_pass ${s} more ${s}`,
  (s) => `auth_pass ab}${s} x`,
  (s) => `vrrp_instance V {\n auth_pass ab}${s}\n priority 1\n}`,
  (s) => `vrrp_instance V {\n auth_pass ab{${s}\n priority 1\n}`,
  (s) => `vrrp_instance V {\n auth_pass\n ${s}\n}`,
  (s) => `vrrp_instance V {\n auth_pass \\\n ${s}\n}`,
  (s) => `vrrp_instance V {\n auth_pass {\n ${s}\n }\n}`,
  (s) => `vrrp_instance V {\n priority 100 auth_pass ${s}\n}`,
  (s) => `vrrp_instance ${s} {\n priority 1\n authentication {\n auth_pass ${s}\n }\n}`,
  (s) => `$PW=${s}\nvrrp_instance V {\n auth_pass \${PW}\n router_id x\${PW}y\n}`,
  (s) => `$X=${s}\nvrrp_instance V {\n auth_pass $X\n}\nglobal_defs {\n router_id $X\n}`,
  (s) => `$A_TOKEN=${s}\nrouter_id \${A_TOKEN}`,
  (s) => `$A_TOKEN=${s}\nrouter_id \${A_TOKEN}\n$A_TOKEN=other`,
  (s) => `$BLOCK= \\\n auth_pass ${s} \\\n priority 1\nvrrp_instance V {\n$BLOCK\n}`,
  (s) => `@lb1 auth_pass ${s}\n@other auth_pass ${s}`,
  (s) => `# auth_pass ${s}\nrouter_id x # ${s}\n! ${s}`,
  (s) => `SSL {\n password ${s}\n key /etc/${s}\n ca ${s}\n}`,
  (s) => `global_defs {\n snmp_community ${s}\n some_token ${s}\n api-key ${s}\n}`,
  (s) => `global_defs {\n notification_email {\n ${s}@example.com\n}\n notification_email_from ${s}@example.com\n}`,
  (s) => `global_defs {\n smtp_server ${s}.example.com\n smtp_helo_name ${s}\n}`,
  (s) => `global_defs {\n contact me@${s}.org\n where https://user:${s}@example.com/\n}`,
  (s) => `vrrp_script c {\n script "/bin/c --user x ${s}"\n user ${s} ${s}\n}`,
  (s) => `vrrp_instance V {\n notify /bin/n ${s}\n notify_backup "/bin/n ${s}"\n notify_stop ${s}\n}`,
  (s) => `global_defs {\n startup_script /bin/${s}\n vrrp_notify_fifo /run/${s}\n vrrp_notify_fifo_script ${s}\n}`,
  (s) => `vrrp_track_process p {\n process "/bin/x ${s}"\n}`,
  (s) =>
    `virtual_server 1.2.3.4 80 {\n real_server 1.2.3.5 80 {\n MISC_CHECK {\n misc_path "/x ${s}"\n }\n HTTP_GET {\n url {\n path /${s}\n }\n }\n }\n}`,
  (s) => `vrrp_instance V {\n unknown_thing password=${s}\n other_thing token: ${s}\n}`,
];

describe('secrets', () => {
  // Neither the words of the places themselves nor numbers, which stand in settings by right.
  const secrets = fc.stringMatching(/^Zq[A-Za-z0-9]{6,20}$/);

  it.each(PLACES.map((place, index) => [index, place('SECRET'), place] as const))(
    'are not in the settings, place %i: %s',
    async (_, __, place) => {
      await fc.assert(
        fc.asyncProperty(secrets, async (secret) => {
          expect(JSON.stringify(await read(place(secret)))).not.toContain(secret);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('are not in them when the places are mixed and the file is cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        secrets,
        fc.array(fc.integer({ min: 0, max: PLACES.length - 1 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        async (secret, chosen, part) => {
          // A name of an instance is a secret only by the password below it, which may be cut off.
          const places = PLACES.filter((place) => !place('').startsWith('vrrp_instance  {'));
          const whole = chosen.map((index) => places[index % places.length]!(secret)).join('\n');
          expect(JSON.stringify(await read(whole.slice(0, whole.length * part)))).not.toContain(secret);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('do not hide what is no secret', async () => {
    const settings = await read(
      'vrrp_instance keepalive_1 {\n priority 1\n authentication {\n auth_type AH\n auth_pass geheim\n }\n}\nglobal_defs {\n use_bypass 1\n}',
    );
    expect(settings).toMatchObject({
      'vrrp_instance.keepalive_1.priority': 1,
      'vrrp_instance.keepalive_1.auth_type': 'AH',
      'global_defs.use_bypass': 1,
    });
  });
});

describe('any text', () => {
  it('is read to its end without failing', async () => {
    const bits = fc.constantFrom(
      '{',
      '}',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '$',
      '$A',
      '${A}',
      '@lb1 ',
      '=',
      '#',
      '!',
      'include ',
      'a',
      '*',
      '[',
      '~SEQ',
      'auth_pass',
      '\0',
      '\u001b',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bits, { maxLength: 60 }), async (parts) => {
        expect(await read(parts.join(''))).toHaveProperty('unreadFiles');
      }),
      { numRuns: 500 },
    );
  });
});
