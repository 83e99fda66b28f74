import { UsageError } from './usage-error.js';

/**
 * The time that reports may carry: SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), as ISO 8601 in UTC; null without it,
 * so that the same input makes the same bytes.
 *
 * @throws UsageError when it is no number of seconds
 */
export const readSourceDate = (env: Readonly<Record<string, string | undefined>>): string | null => {
  const text = env['SOURCE_DATE_EPOCH'] ?? '';
  if (text === '') return null;
  if (!/^\d{1,12}$/.test(text)) throw new UsageError('SOURCE_DATE_EPOCH is no number of seconds since 1970; unset it');
  return new Date(Number(text) * 1000).toISOString();
};
