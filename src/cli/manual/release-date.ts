/**
 * The date of a version as its changelog tells: `## 1.2.0 (2027-01-31)`.
 *
 * @returns YYYY-MM-DD; null for a version that is not released
 */
export const findReleaseDate = (changelog: string, version: string): string | null => {
  for (const line of changelog.split('\n')) {
    const [, named, date] = /^## (\S+) \((\d{4}-\d\d-\d\d)\)\s*$/.exec(line) ?? [];
    if (named === version) return date ?? null;
  }
  return null;
};
