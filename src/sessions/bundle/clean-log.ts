import { displayText } from '../../model/display.js';
import { isSecretValue, WITHHELD } from '../environment/secrets.js';

/** A keyword that names a secret, and what stands behind it. */
const NAMED =
  /[\w-]*(?:passw(?:or)?d|passphrase|auth_?pass|secret|token|psk|communit(?:y|ies)|credential|api_?key)[\w-]*(?:\s*[=:]\s*|\s+)["']?\w.*$/i;
/** How `tcpdump -v` prints a password. */
const PRINTED = /authtype \S+(?:, auth)?[^,]*,?|auth "[^"]*"/g;
/** Behind a syslog header, in the journal's, and keepalived's own form, whose lines begin with a date and have no name. */
const OWN_LINE =
  /(?:^|\s|>)keepalived[\w-]*(?:\[\d+\])?:|^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}: /i;
const JOURNAL_KEYS = ['__REALTIME_TIMESTAMP', 'SYSLOG_IDENTIFIER', '_PID', 'PRIORITY', 'MESSAGE'];

type Note = (what: string, count?: number) => void;

const cleanWord = (word: string, note: Note): string => {
  if (/^@|@$/.test(word) || !isSecretValue(word)) return word;
  note(/.@./.test(word) ? 'addresses of people' : 'words that look like secrets');
  return WITHHELD;
};

/** A sentence of a log without passwords, addresses of people, and words of the form of secrets. Control characters are made visible. */
export const cleanSentence = (sentence: string, note: Note): string => {
  const named = NAMED.exec(sentence);
  if (named) note('what stands behind the name of a secret');
  const head = named ? `${sentence.slice(0, named.index)}${WITHHELD}` : sentence;
  return displayText(head.split(/(\s+)/).map((part) => (/^\s*$/.test(part) ? part : cleanWord(part, note))).join('')); // prettier-ignore
};

const cleanJournalRow = (line: string, note: Note): string | null => {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof row !== 'object' || row === null) return null;
  const fields = Object.entries(row).filter(([, value]) => typeof value === 'string') as [string, string][];
  const named = new Map(fields);
  if (!/keepalived/i.test(named.get('SYSLOG_IDENTIFIER') ?? '')) return null;
  note('fields of the journal', Object.keys(row).filter((key) => !JOURNAL_KEYS.includes(key)).length);
  return JSON.stringify(
    Object.fromEntries(
      JOURNAL_KEYS.flatMap((key) => {
        const value = named.get(key);
        return value === undefined ? [] : [[key, cleanSentence(value, note)]];
      }),
    ),
  );
};

/** A line of a log; null for one that is not keepalived's. */
export const cleanLogLine = (line: string, note: Note): string | null => {
  if (line.trim() === '') return '';
  const cleaned = line.startsWith('{') ? cleanJournalRow(line, note) : OWN_LINE.test(line) ? cleanSentence(line, note) : null;
  if (cleaned === null) note("lines that are not keepalived's");
  return cleaned;
}; // prettier-ignore

/** A line of what tcpdump printed; null for one of payload. */
export const cleanTcpdumpLine = (line: string, note: Note): string | null => {
  if (/^\s*0x[0-9a-f]+:/i.test(line)) {
    note('payload of packets');
    return null;
  }
  const printed = line.match(PRINTED);
  if (printed) note('VRRP authentication data', printed.length);
  return cleanSentence(line.replace(PRINTED, ''), note);
};
