import { styleText } from 'node:util';
import { displayText } from '../../model/display.js';
import type { CheckStatus } from './check.js';
import type { Examination } from './index.js';

const COLORS = { ok: 'green', note: 'yellow', missing: 'red' } as const satisfies Record<CheckStatus, string>;
const STATUS_WIDTH = 9;

/** One line for each check, below it what mends it, and last what can be recorded. */
export const renderExamination = ({ checks, canRecord, tracer }: Examination, colors: boolean): string => {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    colors ? styleText(format, text, { validateStream: false }) : text;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const indent = ' '.repeat(STATUS_WIDTH + nameWidth);
  const lines = checks.flatMap(({ name, status, text, fixes }) => [
    `${paint(COLORS[status], status.padEnd(STATUS_WIDTH))}${name.padEnd(nameWidth)}${displayText(text)}`,
    ...fixes.map((fix) => `${indent}→ ${displayText(fix)}`),
  ]);
  const end = canRecord
    ? `Recording works here, with ${tracer ?? ''} and tcpdump.`
    : 'Recording does not work here; → lines say what mends it.';
  return `${lines.join('\n')}\n\n${paint('bold', end)}\n`;
};
