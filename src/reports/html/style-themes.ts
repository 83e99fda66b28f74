/** Fills that text in `--on-fill` is read on, by number; 9 is grey, for what is nobody's. */
const LIGHT_FILLS = [
  '#1b66a8',
  '#9c4a06',
  '#24713a',
  '#7143a8',
  '#ad2a26',
  '#0d6d72',
  '#a8296f',
  '#5f5e0c',
  '#59626c',
] as const;

const DARK_FILLS = [
  '#6cb4f0',
  '#f0a860',
  '#7ccf8c',
  '#c4a2f2',
  '#f59088',
  '#62cdd2',
  '#f293c8',
  '#cbc95f',
  '#a5b0bb',
] as const;

/** How many fills are told apart by number (`--fill-1` ...); one more is grey. */
export const FILLS = LIGHT_FILLS.length - 1;

/** Number of the grey fill. */
export const GREY = LIGHT_FILLS.length;

const writeFills = (fills: readonly string[]): string => fills.map((fill, i) => `--fill-${i + 1}:${fill};`).join('');

/**
 * Colours of both themes. Text colours (`text`, `muted`, `link`, `bad`, `warn`, `good`) reach a contrast of 4.5 on `page` and `raised`, and so
 * does `on-fill` on every fill and `on-heat` on every heat; `edge` reaches 3.
 */
export const THEMES = `
:root{color-scheme:light dark;--page:#fff;--raised:#f4f6f8;--text:#1a1f24;--muted:#505a64;--line:#d3d9df;--edge:#7a858f;--link:#0b57b0;--focus:#b45309;
--bad:#b3201c;--warn:#8a4500;--good:#1c6b33;--on-fill:#fff;--idle:#c3cbd3;--heat:180,60,20;
${writeFills(LIGHT_FILLS)}}
@media screen and (prefers-color-scheme:dark){:root{--page:#101418;--raised:#1a2028;--text:#e7edf3;--muted:#a3aeb9;--line:#333d47;--edge:#75818d;--link:#82bcff;--focus:#ffb454;
--bad:#ff9a92;--warn:#f5b266;--good:#85d597;--on-fill:#101418;--idle:#46525e;--heat:255,150,90;
${writeFills(DARK_FILLS)}}}
`;
