import { FILLS, GREY } from './style-themes.js';

const FILL_CLASSES = Array.from({ length: GREY }, (_, i) => `.f${i + 1}{fill:var(--fill-${i + 1})}`).join('');

/** Pictures (SVG) and what stands around them. `.f1` to `.f9` fill with the numbered colours; text on them is `.on`. */
export const PICTURE_STYLE = `
figure{margin:1rem 0}
figcaption{color:var(--muted);font-size:.9rem;max-width:60rem;margin:.25rem 0}
.scroll>svg{display:block;width:100%;min-width:44rem;height:auto}
svg text{font:12px system-ui,sans-serif;fill:var(--text)}
svg text.small{font-size:11px}
svg text.dim{fill:var(--muted)}
svg text.on{fill:var(--on-fill);font-weight:600;pointer-events:none}
svg text.end{text-anchor:end}
svg text.mid{text-anchor:middle}
svg .axis{stroke:var(--edge);stroke-width:1;fill:none}
svg .grid{stroke:var(--line);stroke-width:1;fill:none}
svg .mark{stroke:var(--text);stroke-width:1.5;fill:none}
svg .limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4;fill:none}
svg .over{pointer-events:none}
svg .idle,svg .asleep{fill:var(--idle)}
svg .unknown,svg .absent{fill:none;stroke:var(--edge);stroke-dasharray:3 3}
svg .running,svg .sending,svg .away{fill:var(--edge)}
svg .culprit{stroke:var(--text);stroke-width:2}
svg .time *{vector-effect:non-scaling-stroke}
svg .packet{stroke:var(--text);stroke-width:1.5;fill:var(--page)}
svg .packet.late{fill:var(--text)}
svg .way{stroke:var(--muted);stroke-width:1.25;fill:none}
svg .marker line{stroke:var(--text);stroke-width:1.25}
svg .marker text{paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}
svg .marker.due line{stroke-dasharray:2 3}
svg .marker.down line{stroke:var(--bad);stroke-dasharray:7 4}
svg .marker.takeover line{stroke:var(--bad);stroke-width:2.5}
svg .marker.down text,svg .marker.takeover text{fill:var(--bad)}
svg .dots{stroke:var(--fill-1);stroke-width:6;stroke-linecap:round;fill:none}
svg .gaps{fill:var(--fill-1);shape-rendering:crispEdges}
svg .gaps.late{fill:var(--fill-2)}
svg .late-mark,svg .late-bar{fill:var(--fill-2);stroke:var(--page);stroke-width:1}
svg .past-mark{fill:var(--fill-5);stroke:var(--text);stroke-width:1.5}
svg .flag{fill:var(--bad);stroke:var(--bad);stroke-width:1.5}
svg .expected{stroke:var(--text);stroke-width:1.5;stroke-dasharray:4 3;fill:none}
svg a:focus-visible{outline:3px solid var(--focus)}
svg.strip{touch-action:pan-y}
.heat{display:block;margin:0 -.375rem;padding:0 .375rem;border-radius:.2rem}
.heat-1{background:rgba(var(--heat),.1)}
.heat-2{background:rgba(var(--heat),.18)}
.heat-3{background:rgba(var(--heat),.26)}
.heat-4{background:rgba(var(--heat),.34)}
.heat-5{background:rgba(var(--heat),.42)}
svg .stood-still{fill:var(--raised);stroke:var(--edge);stroke-dasharray:4 3}
svg .marker.stood text{font-weight:600}
svg .marker.stood line{stroke:none}
.patterns path{stroke:var(--on-fill);stroke-width:1.6;stroke-opacity:.55;fill:none}
${FILL_CLASSES}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.5rem 0;max-width:none;font-size:.9rem}
.swatch{width:1.25rem;height:1.25rem;vertical-align:-.3rem;margin-right:.35rem}
.zoom{display:flex;flex-wrap:wrap;gap:.375rem;align-items:center;margin:.5rem 0;font-size:.9rem}
@media (max-width:40rem){.scroll>svg.bar{min-width:0;height:1.25rem}svg.bar text{display:none}}
`;

/** How many colours processes and series have before they repeat. */
export const COLORS = FILLS;
