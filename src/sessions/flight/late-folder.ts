import type { Outcome, SessionJson } from '../folder/session-json.js';

/** `late-0001-20261128T160102Z`: a folder's name that sorts by time. */
export const lateName = (number: number, atMs: number): string =>
  `late-${String(number).padStart(4, '0')}-${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;

/** The session.json of what is kept of a flight. */
export const beginLate = (
  flight: SessionJson,
  run: string,
  outcome: Outcome,
  lateSeen: SessionJson['lateSeen'],
): SessionJson => ({
  ...flight,
  kind: 'late',
  run,
  complete: false,
  outcome,
  reason: null,
  steps: [],
  notes: [],
  lateSeen,
});
