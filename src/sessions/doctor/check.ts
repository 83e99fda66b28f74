/** How a check ended: as it should be; worth knowing; or in the way of recording. */
export type CheckStatus = 'ok' | 'note' | 'missing';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, in one line. */
  readonly text: string;
  /** Commands, or where there is none advice, that mend it; in order. */
  readonly fixes: readonly string[];
}

export const ok = (name: string, text: string): Check => ({ name, status: 'ok', text, fixes: [] });

export const note = (name: string, text: string, ...fixes: string[]): Check => ({ name, status: 'note', text, fixes });

export const missing = (name: string, text: string, ...fixes: string[]): Check => ({
  name,
  status: 'missing',
  text,
  fixes,
});
