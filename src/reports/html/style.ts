import { PICTURE_STYLE } from './style-pictures.js';
import { THEMES } from './style-themes.js';

/** Text, tables and boxes, on wide and narrow screens. */
const LAYOUT = `
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
.top,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
.top{padding-top:1.5rem}
main:focus{outline:none}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;line-height:1.3;margin:1.75rem 0 .5rem}
h4{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.5rem 0;max-width:48rem}
ul,ol{margin:.5rem 0;padding-left:1.5rem;max-width:48rem}
a{color:var(--link)}
a:focus-visible,button:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-999rem;top:0;background:var(--page);color:var(--link);padding:.5rem 1rem;z-index:1}
.skip:focus{left:0}
.patterns{position:absolute}
.muted{color:var(--muted)}
.lead{font-size:1.1rem;max-width:52rem}
.nowrap{white-space:nowrap}
code{font:.9em/1.4 ui-monospace,monospace}
footer{margin-top:3rem;padding-bottom:2rem;border-top:1px solid var(--line);color:var(--muted)}
.box{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}
.box>:first-child{margin-top:0;padding-top:0;border-top:0}
.box>:last-child{margin-bottom:0}
.tag{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.85rem;font-weight:600;white-space:nowrap}
.bad{color:var(--bad)}
.warn{color:var(--warn)}
.good{color:var(--good)}
dl.facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:.75rem 0;max-width:60rem}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0}
details{margin:.75rem 0}
summary{cursor:pointer;color:var(--link);width:fit-content;max-width:100%}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;max-width:none}
.scroll{overflow-x:auto;max-width:100%;margin:.75rem 0}
table{border-collapse:collapse;min-width:min(100%,26rem);font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0;caption-side:top}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}
th{font-weight:600}
thead th{vertical-align:bottom}
.num{text-align:right;white-space:nowrap}
.long{min-width:16rem;overflow-wrap:anywhere}
button{font:inherit;color:var(--text);background:var(--raised);border:1px solid var(--edge);border-radius:.375rem;padding:.125rem .6rem;min-width:2rem;cursor:pointer}
button:hover{border-color:var(--text)}
@media (max-width:40rem){
h1{font-size:1.3rem}
h2{font-size:1.15rem}
dl.facts{grid-template-columns:1fr}
dl.facts dd{margin-bottom:.35rem}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

/** Columns of `renderTable`. */
const COLUMN_STYLE = Array.from({ length: 32 }, (_, i) => `.r${i + 1} tr>:nth-child(${i + 1})`).join(',');

const LONG_STYLE = Array.from({ length: 10 }, (_, i) => `.l${i + 1} tr>:nth-child(${i + 1})`).join(',');

const TABLES = `${COLUMN_STYLE}{text-align:right;white-space:nowrap}
${LONG_STYLE}{min-width:16rem;overflow-wrap:anywhere}
`;

/** On paper everything is opened, and pictures are not cut. */
const PRINT = `
@page{margin:14mm}
@media print{
body{font-size:10pt}
.top,main,footer{max-width:none;padding:0}
.skip,.zoom,nav{display:none}
.scroll{overflow:visible}
.scroll>svg{min-width:0;width:100%;height:auto}
figure,tr,.box{break-inside:avoid}
h2,h3,h4,caption,summary{break-after:avoid}
details::details-content{content-visibility:visible;display:block;block-size:auto}
summary{list-style:none;color:var(--text)}
a{color:inherit}
svg,table{-webkit-print-color-adjust:exact;print-color-adjust:exact}
th,td{padding-right:.4rem}
table{font-size:8pt}
[class*=l] tr>*{min-width:0}
}
`;

/** The style of every page: `var(--...)` of style-themes.ts are its colours. */
export const STYLE = [THEMES, LAYOUT, TABLES, PICTURE_STYLE, PRINT].map((part) => part.trimStart()).join('');
