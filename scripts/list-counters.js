#!/usr/bin/env node
// @ts-check
/**
 * All counters there are, from the sources, as the table of docs/counters.md.
 *
 *   node scripts/list-counters.js            print the document
 *   node scripts/list-counters.js --write    write docs/counters.md
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** @typedef {{ name: string, severity: string, source: string, help: string, file: string }} ListedCounter */

const root = fileURLToPath(new URL('..', import.meta.url));
const KEYS = ['name', 'severity', 'source', 'help'];
const SEVERITIES = ['data-loss', 'error', 'notice', 'info'];

/** The text of a literal, or of literals put together; null of anything else. @type {(node: ts.Expression) => string | null} */
const textOf = (node) => {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null;
  const left = textOf(node.left);
  const right = textOf(node.right);
  return left === null || right === null ? null : left + right;
};

/** @type {(file: string) => ListedCounter[]} */
const countersIn = (file) => {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {ListedCounter[]} */
  const found = [];
  /** @type {(node: ts.Node) => void} */
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      /** @type {Record<string, string>} */
      const values = {};
      for (const property of node.properties) {
        if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) continue;
        const text = textOf(property.initializer);
        if (text !== null) values[property.name.text] = text;
      }
      if (KEYS.every((key) => key in values) && node.properties.length === KEYS.length)
        found.push(/** @type {ListedCounter} */ ({ ...values, file }));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

/** Every counter, by source, severity and name. */
export const listCounters = () =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('assembly/'))
    .flatMap((file) => countersIn(join('src', file)))
    .sort(
      (a, b) =>
        (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        (a.name < b.name ? -1 : 1),
    );

/** @type {(text: string) => string} */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');

/** The document. */
export const printCounters = () => {
  const rows = listCounters().map(
    ({ name, severity, source, help }) => `| \`${name}\` | ${severity} | ${source} | ${cell(help)} |`,
  );
  return `# Counters

Whatever is malformed, inferred or lost is counted under a name and shown in the answer (\`counters\`), never passed over in silence. Severity says how much it
matters: \`data-loss\`, something of an input is missing; \`error\`, something cannot be used as it was given; \`notice\`, something was assumed; \`info\`, good to know.
With \`--strict\` the first two make the exit code 3. Source says of what it speaks; \`input\` is any, before its kind is known.

This table is made from the sources by \`node scripts/list-counters.js --write\`.

| name | severity | source | what it means and what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) writeFileSync(join(root, 'docs/counters.md'), printCounters());
  else process.stdout.write(printCounters());
}
