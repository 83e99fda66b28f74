import { describe, expect, it } from 'vitest';
import { parseKeepalivedOptions } from '../../../src/sessions/environment/keepalived-options.js';

const parse = (line: string) => parseKeepalivedOptions(line.split(' '));

describe('the options of keepalived', () => {
  it('are read in every form getopt takes', () => {
    expect(parse('keepalived -nlD -f /a.conf -S7 --log-file=/var/log/k.log -i main')).toEqual({
      configFile: '/a.conf',
      configId: 'main',
      logConsole: true,
      logDetail: true,
      logFacility: '7',
      logFile: '/var/log/k.log',
      flushLogFile: false,
      noSyslog: false,
      dontRespawn: false,
      snmp: false,
    });
    expect(parse('keepalived --use-file /b.conf -DGf/c.conf')).toMatchObject({
      configFile: '/c.conf',
      logDetail: true,
      noSyslog: true,
    });
    expect(parse('keepalived --use-file /b.conf --flush-log-file --snmp -R')).toMatchObject({
      configFile: '/b.conf',
      flushLogFile: true,
      snmp: true,
      dontRespawn: true,
    });
  });

  it('do not take the value of one for another', () => {
    expect(parse('keepalived -p -D --pid /x/-f')).toMatchObject({ logDetail: false, configFile: null });
    expect(parse('keepalived')).toMatchObject({ configFile: null, logConsole: false, logFacility: null });
  });
});
