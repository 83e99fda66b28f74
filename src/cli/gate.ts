import { meets, type Condition } from '../comparison/conditions.js';
import type { ComparedGroup, Comparison } from '../model/comparison.js';
import { displayText } from '../model/display.js';

/** The groups that are on trial: all but the baseline. */
const tried = ({ groups }: Comparison): readonly ComparedGroup[] =>
  groups.length > 1 ? groups.filter(({ isBaseline }) => !isBaseline) : groups;

/** A message for each condition that cannot be held against a group, as where nothing was seen. */
export const findUndecidable = (comparison: Comparison, conditions: readonly Condition[]): string[] =>
  conditions.flatMap((condition) =>
    tried(comparison)
      .filter((group) => meets(group, condition) === null)
      .map(
        ({ name }) =>
          `--fail-if '${condition.text}': ${displayText(name)} has no ${condition.figure}; give it more sessions`,
      ),
  );

/** A message for each reason to fail. */
export const findWhyFailed = (
  comparison: Comparison,
  { failIf, failIfWorse }: { readonly failIf: readonly Condition[]; readonly failIfWorse: boolean },
): string[] => [
  ...failIf.flatMap((condition) =>
    tried(comparison)
      .filter((group) => meets(group, condition) === true)
      .map(({ name }) => `--fail-if '${condition.text}': it is so for ${displayText(name)}; see the comparison`),
  ),
  ...(failIfWorse ? comparison.pairs : [])
    .filter(({ verdict }) => verdict === 'worse')
    .map(({ summary }) => `--fail-if-worse: ${displayText(summary)}`),
];

/** A message for each group of which nobody can say yet whether it is worse. */
export const findWhyUndecided = ({ pairs }: Comparison): string[] =>
  pairs
    .filter(({ verdict }) => verdict === 'too-few-sessions')
    .map(({ summary }) => `--fail-if-worse: not decided: ${displayText(summary)}`);
