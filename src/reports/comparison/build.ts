import type { Comparison } from '../../model/comparison.js';
import type { Zone } from '../format.js';
import { buildCauses } from './causes.js';
import { buildCulprits } from './culprits.js';
import type { Block, Telling } from './document.js';
import { item, say } from './document.js';
import { buildCaution, buildDoubts } from './doubts.js';
import { buildGroups } from './groups.js';
import { buildPairs, STYLE_OF_VERDICT } from './pairs.js';
import { buildClosing, buildCounters, buildLeftOut, buildSessions } from './sessions.js';
import { buildSettings } from './settings.js';

/** What it comes to, first: whoever reads no further knows. */
const buildAnswer = (comparison: Comparison): Block[] => {
  const { summary, pairs } = comparison;
  return [
    { kind: 'lead', pieces: [say(summary, 'strong')] },
    ...pairs
      .filter((pair) => pair.summary !== summary)
      .map((pair) => item([say(pair.summary, STYLE_OF_VERDICT[pair.verdict])])),
    ...buildCaution(comparison),
  ];
};

/** A comparison as a report, the answer first and how it was made last. */
export const buildDocument = (comparison: Comparison, telling: Telling, zone: Zone): Block[] => [
  ...buildAnswer(comparison),
  ...buildGroups(comparison, telling),
  ...buildPairs(comparison, telling),
  ...buildCauses(comparison, telling),
  ...buildCulprits(comparison, telling),
  ...buildSettings(comparison, telling),
  ...buildDoubts(comparison, telling),
  ...buildLeftOut(comparison, telling),
  ...buildCounters(comparison),
  ...(telling.all ? buildSessions(comparison, telling, zone) : []),
  ...buildClosing(comparison, zone),
];
