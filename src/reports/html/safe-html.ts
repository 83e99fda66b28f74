import { displayText } from '../../model/display.js';

/** HTML that is safe as it stands: markup was written by this program, text was escaped. */
export class SafeHtml {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from anywhere, inert in an element or a quoted attribute; control characters, terminal escapes and bidirectional marks are made visible. */
export const escapeHtml = (text: string): string =>
  displayText(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** What may stand in a template: text and numbers are escaped, lists are joined, null and false are nothing. */
export type HtmlValue = SafeHtml | string | number | null | false | readonly HtmlValue[];

const render = (value: HtmlValue): string => {
  if (value instanceof SafeHtml) return value.text;
  if (value === null || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
};

/** Templates without the line breaks and indents that only their source needs; each is tidied once. */
const tidied = new WeakMap<TemplateStringsArray, readonly string[]>();

const tidy = (strings: TemplateStringsArray): readonly string[] => {
  const known = tidied.get(strings);
  if (known !== undefined) return known;
  const parts = strings.map((part) =>
    part
      .replace(/\s*\n\s*(?=\/?>)/g, '')
      .replace(/>\s*\n\s*</g, '>\n<')
      .replace(/\s*\n[\t ]+/g, ' ')
      .replace(/ +(?=\/>)/g, ''),
  );
  tidied.set(strings, parts);
  return parts;
};

/**
 * HTML from a template: only what is written in the template itself is markup. Values belong in elements and in quoted attributes, never in scripts, styles
 * or unquoted attributes. Line breaks in the template are only spaces.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml =>
  new SafeHtml(
    tidy(strings)
      .map((part, i) => part + (i < values.length ? render(values[i] ?? null) : ''))
      .join(''),
  );
