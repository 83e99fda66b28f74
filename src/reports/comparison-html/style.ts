import { COLORS } from '../html/style-pictures.js';

/** Letters of groups on the group's colour; 9 is grey, for what is nobody's. */
const BADGES = Array.from({ length: COLORS + 1 }, (_, i) => `.b${i + 1}{background:var(--fill-${i + 1})}`).join('');

const MARKS = `
svg.across{display:block;width:100%;overflow:visible}
svg.here{overflow:visible}
svg .interval{stroke:var(--text);stroke-width:2}
svg .bound{stroke:var(--text);stroke-width:2;stroke-dasharray:4 3}
svg .same{stroke:var(--text);stroke-width:1.5;stroke-dasharray:2 3}
svg .point{stroke:var(--page);stroke-width:1}
svg .open{fill:var(--page);stroke:var(--text);stroke-width:1.8}
svg .solid{fill:var(--text)}
svg .hollow{fill:none;stroke:var(--edge);stroke-width:1.5}
svg text.halo{stroke:var(--page);stroke-width:3px;paint-order:stroke}
svg .dot{fill-opacity:.75;stroke:var(--page);stroke-width:.7}
`;

const PLOTS = `
.plot table{width:100%;table-layout:fixed}
.plot caption{color:var(--muted);font-weight:400;font-size:.9rem;max-width:60rem;padding:0 0 .5rem}
.plot caption strong{color:var(--text)}
.plot th,.plot td{padding:0 .75rem;vertical-align:middle;overflow-wrap:anywhere}
.plot th:first-child{width:21%;padding-left:0}
.plot th:last-child:not([colspan]){width:27%}
.plot td:last-child{padding-right:0}
.plot th[scope=row]{font-weight:400}
.plot td:nth-child(2){padding:0;background:var(--grid)}
.plot thead th{vertical-align:bottom;position:sticky;top:0;background:var(--page);z-index:1;padding-top:.25rem}
.plot thead th:nth-child(2){padding-left:0;padding-right:0}
.plot .part th{padding:.9rem 0 .25rem;font-weight:600}
th.long{font-weight:400}
.figures{font-weight:600}
.plot .who{font-weight:600}
.quantiles{display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;margin:.25rem 0}
.quantiles div{display:contents}
.quantiles dt{color:var(--muted)}
.quantiles dd{margin:0;white-space:nowrap}
@media screen and (max-width:48rem){
.plot table,.plot caption,.plot thead,.plot tbody{display:block}
.plot tr{display:grid;grid-template-columns:1fr 1fr;border-bottom:1px solid var(--line)}
.plot thead tr{position:sticky;top:0;z-index:1;background:var(--page)}
.plot thead th{position:static}
.plot thead th:first-child,.plot thead th:last-child{display:none}
.plot tr>:nth-child(2){grid-column:1/-1;order:3}
.plot th,.plot td,.plot .part th{border:0;padding:.35rem .5rem .1rem 0;width:auto!important}
.plot .part th{grid-column:1/-1}
.plot td:last-child{text-align:right;padding-right:0}
.plot .quantiles{grid-template-columns:auto auto;justify-content:end;text-align:left}
svg .minor{display:none}
.scroll th[scope=row]{min-width:10rem}
.scroll td{min-width:5.5rem}
.scroll td:last-child{min-width:9rem}
}
@media print{.plot thead th{position:static}.plot th,.plot td{padding-top:2px;padding-bottom:2px}}
`;

const GROUPS = `
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.5rem 0;max-width:none;font-size:.9rem}
.key svg{width:1.25rem;height:1.25rem;vertical-align:-.3rem;margin-right:.35rem}
${BADGES}
.badge,.order i{padding:.1em .45em;text-align:center;color:var(--on-fill);font-size:.8rem;font-weight:700;font-style:normal;line-height:1.45;border-radius:.25rem}
.name{overflow-wrap:anywhere;white-space:pre-wrap}
.order{display:flex;flex-wrap:wrap;gap:3px 2px;max-width:60rem;margin:.5rem 0}
.order i{min-width:1.5em;padding:0 .3em;border-radius:.15rem;border-bottom:4px solid transparent;background-clip:padding-box;line-height:1.3}
.order .had{border-bottom-color:var(--text)}
.verdicts{list-style:none;padding:0;margin:1rem 0;max-width:60rem}
.verdicts li{border-left:4px solid var(--edge);padding:.1rem 0 .1rem .9rem;margin:.75rem 0}
.verdicts .is-bad{border-color:var(--bad)}
.verdicts .is-good{border-color:var(--good)}
.verdicts .is-warn{border-color:var(--warn)}
.verdicts p{margin:.25rem 0;max-width:none}
.verdict .tag{margin-right:.5rem}
h3~.scroll caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;padding:0}
h2.plain{font-size:1.05rem;border:0;padding:0;margin:0}
@media print{.unprinted{display:none}.badge,.order i,.plot svg,.plot td{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;

/** What the page of a comparison adds to the style of every page. */
export const STYLE = [MARKS, PLOTS, GROUPS].map((part) => part.trimStart()).join('');
