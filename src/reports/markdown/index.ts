import type { AnswerReport } from '../../model/report.js';
import type { Zone } from '../format.js';
import { chooseTimes } from '../terminal/times.js';
import { writeDetails } from './details.js';
import { chooseWorst, numberLate } from './late-ones.js';
import { writeLateTable } from './late-table.js';
import { writeNotices, writeTakeovers } from './notices.js';
import { writeInputs, writeLead, writeRouters } from './opening.js';
import { writeWords } from './write.js';

/** Late advertisements told in detail. */
const DETAILED = 5;

/** GitHub takes 65,536 characters; bytes are never fewer. */
const LONGEST = 60_000;

const LEFT_OUT = '*The rest did not fit into a ticket; the JSON has it.*';

interface Section {
  readonly title: string;
  /** Blocks in order; empty ones are not written. */
  readonly blocks: readonly string[];
  /** Sections of higher ranks are the first to be left out where all do not fit. */
  readonly rank: number;
}

const writeSection = ({ title, blocks }: Section): string => {
  const written = blocks.filter((block) => block !== '');
  return written.length === 0 ? '' : [...(title === '' ? [] : [title]), ...written].join('\n\n');
};

/** The sections in their order, without those that do not fit. */
const fitSections = (sections: readonly Section[]): string => {
  const written = sections
    .map((section, index) => ({ index, rank: section.rank, text: writeSection(section) }))
    .filter(({ text }) => text !== '');
  let room = LONGEST - Buffer.byteLength(LEFT_OUT) - 2;
  const fitting = [...written]
    .sort((a, b) => a.rank - b.rank)
    .filter(({ text }) => {
      const size = Buffer.byteLength(text) + 2;
      if (size > room) return false;
      room -= size;
      return true;
    })
    .sort((a, b) => a.index - b.index)
    .map(({ text }) => text);
  return `${[...fitting, ...(fitting.length < written.length ? [LEFT_OUT] : [])].join('\n\n')}\n`;
};

/**
 * The answer as a ticket in GitHub's markdown: the answer in two sentences, the routers, the 20 worst late advertisements, the 5 worst in detail, takeovers, and
 * what to know of the inputs. Never over 60,000 bytes; names in it are text, whatever is in them.
 */
export const renderMarkdown = ({ answer }: AnswerReport, { zone }: { zone: Zone }): string => {
  const times = chooseTimes(answer, zone);
  const lates = numberLate(answer);
  const clock = times.heading === '' ? '' : ` Times: ${times.heading}.`;
  return fitSections([
    { title: '', blocks: [writeLead(answer)], rank: 0 },
    { title: '', blocks: [writeRouters(answer)], rank: 1 },
    { title: '### Late advertisements', blocks: [writeLateTable(lates, times)], rank: 2 },
    { title: '### Takeovers', blocks: [writeTakeovers(answer, lates, times)], rank: 3 },
    ...chooseWorst(lates, DETAILED).map((late, index) => ({
      title: index === 0 ? '### The worst in detail' : '',
      blocks: writeDetails(late, times),
      rank: 10 + index,
    })),
    {
      title: '### What to know of the inputs',
      blocks: [writeInputs(answer, times), writeNotices(answer, times)],
      rank: 4,
    },
    { title: '', blocks: [`Made by whylate ${writeWords(answer.tool.version, false)}.${clock}`], rank: 5 },
  ]);
};
