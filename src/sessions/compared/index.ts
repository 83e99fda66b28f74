/** Sessions to be compared: which folders are meant, what they say of themselves, and their figures, kept from an earlier analysis where there was one. */
export { findSessions } from './find-sessions.js';
export { loadSessions, type LoadedSessions, type LoadOptions } from './load-sessions.js';
export type { SessionSelf } from './read-self.js';
