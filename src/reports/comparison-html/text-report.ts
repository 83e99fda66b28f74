/** What the page takes of the text report of a comparison. */
export { buildCauses } from '../comparison/causes.js';
export { buildCulprits } from '../comparison/culprits.js';
export type { Block, Piece, Pieces, Table, Telling } from '../comparison/document.js';
export { buildDoubts } from '../comparison/doubts.js';
export { describeDifference, describeRate, describeRatio, describeTime } from '../comparison/estimates.js';
export { buildGroups } from '../comparison/groups.js';
export { buildPairs } from '../comparison/pairs.js';
export { buildClosing, buildCounters, buildLeftOut, buildSessions } from '../comparison/sessions.js';
export { buildSettings } from '../comparison/settings.js';
export { showPiece } from '../comparison/terminal-rows.js';
export { tellValue } from '../comparison/values.js';
