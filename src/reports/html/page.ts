import { createHash } from 'node:crypto';
import { html, SafeHtml } from './safe-html.js';
import { STYLE } from './style.js';

/** What a page is made of. */
export interface PageParts {
  /** Title of the document and its first heading; headings of the body begin at `h2`. */
  readonly title: string;
  /** Version of whylate. */
  readonly version: string;
  /** When the page was made (ISO 8601); not printed where it is null or left out. */
  readonly generatedAt?: string | null;
  readonly body: SafeHtml;
  /** Code of the page's only script; it must not hold `</script`. */
  readonly script?: string;
}

const hashScript = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** Patterns that fills refer to by id; they must be in the document, and not `display: none`. */
const PATTERNS = new SafeHtml(
  `<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>${[
    ['hatch', 'M-2 2L2 -2M0 8L8 0M6 10L10 6'],
    ['dots', 'M2 2h2M6 6h2'],
  ]
    .map(
      ([id, d]) =>
        `<pattern id="${id ?? ''}" width="8" height="8" patternUnits="userSpaceOnUse"><path d="${d ?? ''}"/></pattern>`,
    )
    .join('')}</defs></svg>`,
);

/**
 * A whole document in one file: nothing is loaded, and only the script given runs.
 *
 * @returns text that ends with a line break
 */
export const renderPage = ({ title, version, generatedAt = null, body, script }: PageParts): string => {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src ${script === undefined ? "'none'" : hashScript(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new SafeHtml(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="whylate ${version}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new SafeHtml(`<style>\n${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the answer</a>
        ${PATTERNS}
        <header class="top"><h1>${title}</h1></header>
        <main id="main" tabindex="-1">${body}</main>
        <footer>
          <p>
            Made by whylate
            ${version}${generatedAt === null ? null : html` at <time datetime="${generatedAt}">${generatedAt}</time>`}.
            This file loads nothing from anywhere.
          </p>
        </footer>
        ${script === undefined ? null : new SafeHtml(`<script>${script}</script>`)}
      </body>
    </html>`.text.concat('\n');
};
