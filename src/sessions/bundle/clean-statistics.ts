/** All that a recorder's closing lines say that matters. */
const STATISTICS =
  /^(?:(?:\d+ packets? (?:captured|received by filter|dropped by (?:kernel|interface)))|Driver (?:Events|Drops):\s*\d+|Suppressed by Comm:\s*\d+|(?:Malformed Lines|Late Lines|Rows|Heartbeats(?: Missing)?):\s*\d+|Elapsed time: [\d.]+, Captured Events: \d+, [\d.]+ eps|tcpdump: listening on [\w.:@-]{1,40}, link-type \w+ \([\w -]+\), (?:snapshot length|capture size) \d+(?: bytes)?)\s*$/;

/** A line of a recorder's statistics; null for any other. */
export const cleanStatisticsLine = (line: string, note: (what: string) => void): string | null => {
  if (line.trim() === '' || STATISTICS.test(line)) return line;
  note('lines that are no statistics');
  return null;
};
