// @ts-check
/** keepalived's log, as it prints it to stdout, in every form in which people have it. */

/** @typedef {{ name: string, text: string }} LogEncoding */

const STDOUT = /^(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}): (.*)$/;
const HOST = 'lb1';
const PROGRAM = 'Keepalived_vrrp';
const PID = 4711;

/** @type {(n: number, width: number) => string} */
const pad = (n, width) => String(n).padStart(width, '0');

/**
 * @param {string} text lines of `keepalived -l -n`, in UTC
 * @returns {LogEncoding[]}
 */
export const encodeLog = (text) => {
  const lines = text.split('\n').flatMap((line) => {
    const match = STDOUT.exec(line);
    return match ? [{ at: new Date(`${match[1]} UTC`), message: match[2] ?? '' }] : [];
  });
  /** @type {(name: string, print: (at: Date, message: string) => string) => LogEncoding} */
  const form = (name, print) => ({ name, text: `${lines.map(({ at, message }) => print(at, message)).join('\n')}\n` });
  /** @type {(at: Date) => string} */
  const month = (at) => at.toUTCString().slice(8, 11);
  /** @type {(at: Date) => string} */
  const clock = (at) => at.toISOString().slice(11, 19);
  /** @type {(at: Date) => string} */
  const iso = (at) => at.toISOString().slice(0, 19);
  const program = `${PROGRAM}[${PID}]`;
  return [
    { name: 'log-stdout', text },
    form(
      'log-syslog',
      (at, message) =>
        `${month(at)} ${String(at.getUTCDate()).padStart(2)} ${clock(at)} ${HOST} ${program}: ${message}`,
    ),
    form('log-syslog-iso', (at, message) => `${iso(at)}.000000+00:00 ${HOST} ${program}: ${message}`),
    form('log-rfc5424', (at, message) => `<30>1 ${iso(at)}.000000Z ${HOST} ${PROGRAM} ${PID} - - ${message}`),
    form('log-short-iso-precise', (at, message) => `${iso(at)}.000000+0000 ${HOST} ${program}: ${message}`),
    form('log-short-unix', (at, message) => `${at.getTime() / 1000}.000000 ${HOST} ${program}: ${message}`),
    form('log-json', (at, message) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: `${at.getTime()}000`,
        SYSLOG_IDENTIFIER: PROGRAM,
        _PID: String(PID),
        _HOSTNAME: HOST,
        PRIORITY: pad(6, 1),
        MESSAGE: message,
      }),
    ),
  ];
};
