/** What a container's log driver puts in front of a line or around it. */

/** `keepalived-1  | ` (docker compose logs). */
const COMPOSE = /^[\w.-]{1,128} +\| /;
/** `stdout F ` (CRI, below /var/log/pods, after the time). */
const CRI = /^(?:stdout|stderr) [FP] /;

export const withoutComposeName = (text: string): string => text.replace(COMPOSE, '');

export const withoutCriTag = (text: string): string => text.replace(CRI, '');

/** A row of Docker's json-file driver; null where it is none. */
export const readDockerRow = (
  row: Readonly<Record<string, unknown>>,
): { readonly time: string; readonly text: string } | null => {
  const { log, time } = row;
  return typeof log === 'string' && typeof time === 'string' ? { time, text: log.replace(/\r?\n$/, '') } : null;
};
