import type { CounterDefinition } from '../../model/counters.js';
import { displayText } from '../../model/display.js';
import { InputError } from '../../model/input-error.js';
import type { Ending } from './run-sysdig.js';
import { nameSysdig, type Sysdig } from './sysdig.js';

export const ENDED_EARLY: CounterDefinition = {
  name: 'scap_ended_early',
  source: 'trace',
  severity: 'data-loss',
  help: 'sysdig could not read a file in its own format (scap) to the end, and what is behind was lost: the file is cut or damaged, or a newer sysdig wrote it. Read it with the sysdig that wrote it: sysdig -r FILE -j > trace.jsonl',
};
export const READER_CRASHED: CounterDefinition = {
  name: 'scap_reader_crashed',
  source: 'trace',
  severity: 'data-loss',
  help: 'sysdig crashed while it read a file in its own format (scap), and what is behind was lost, as when a newer sysdig wrote it. Read it with the sysdig that wrote it: sysdig -r FILE -j > trace.jsonl',
};

const CONVERT = 'read it with the sysdig that wrote it, and give what that prints: sysdig -r FILE -j > trace.jsonl';
const LONGEST_MESSAGE = 200;
/** libscap's words for what a later version has added (scap_savefile.c). */
const NEWER = /upgrade your version|invalid block type|unsupported|unknown (?:block|event)|cannot correctly parse/i;
const CUT = /truncated|expecting \d+ bytes|error reading|unexpected end/i;

/** There is no sysdig to read it with. */
export const notInstalled = (where: string): InputError =>
  new InputError(
    "is in sysdig's own format (scap), and there is no sysdig here to read it",
    where,
    'install sysdig, or convert it where there is one: sysdig -r FILE -j > trace.jsonl',
  );

/** There was one a moment ago. */
export const notStarted = (sysdig: Sysdig, where: string): InputError =>
  new InputError(
    `is in sysdig's own format (scap), and ${nameSysdig(sysdig)} cannot be started to read it`,
    where,
    'try again, or convert it: sysdig -r FILE -j > trace.jsonl',
  );

/** Whether sysdig said that it had read everything. */
export const isComplete = ({ code }: Ending): boolean => code === 0;

/** What is said of a file of which sysdig could read nothing. */
export const refusalOf = ({ signal, messages }: Ending, sysdig: Sysdig, where: string): InputError => {
  const by = nameSysdig(sysdig);
  if (signal !== null) return new InputError(`made ${by} crash (${signal})`, where, CONVERT);
  const message =
    messages
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? '';
  const said = message === '' ? '' : ` (${displayText(message.slice(0, LONGEST_MESSAGE))})`;
  if (NEWER.test(messages)) return new InputError(`was written by a newer sysdig than ${by}${said}`, where, CONVERT);
  if (CUT.test(messages))
    return new InputError(`is cut or damaged at its beginning: ${by} cannot read it${said}`, where, 'copy it again');
  return new InputError(`cannot be read by ${by}${said}`, where, CONVERT);
};
