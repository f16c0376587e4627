import { createHash } from 'node:crypto';

/** Eight colours that are told apart also by those who see few (Okabe and Ito, "Color Universal Design", 2008), by day and by night. */
const BY_DAY = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b77f00', '#56b4e9', '#6f4e9b', '#5b6675'];
const BY_NIGHT = ['#56b4e9', '#f0894a', '#3fb877', '#e39bc3', '#f0b93a', '#a5d8f7', '#b39ddb', '#a3aebd'];
/** Steps of a heat map, from little to much. */
const HEAT_BY_DAY = ['#e6f0f8', '#c3dcee', '#93c1e0', '#5a9fcd', '#2676b0', '#084c82'];
const HEAT_BY_NIGHT = ['#1d3040', '#22475f', '#2a6183', '#3a80a8', '#5ea6cc', '#9bd0ee'];
/** Lines differ in their dashes, too. */
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '', '7 3', '2 3', '9 3 2 3'];

function variables(colours: readonly string[], heat: readonly string[]): string {
  return [
    ...colours.map((colour, at) => `--c${at}: ${colour}`),
    ...heat.map((colour, at) => `--h${at}: ${colour}`),
  ].join('; ');
}

const LIGHT = `--ink: #1b2330; --soft: #5b6675; --line: #d9dee6; --page: #f4f6f9; --card: #fff; --warn: #8a5a00; --warn-on: #fff6e0;
  ${variables(BY_DAY, HEAT_BY_DAY)}`;
const DARK = `--ink: #e8ecf2; --soft: #a3aebd; --line: #38424f; --page: #12161c; --card: #1b222b; --warn: #f0c060; --warn-on: #33290f;
  ${variables(BY_NIGHT, HEAT_BY_NIGHT)}`;

/** The style sheet of a report: for screens wide and narrow, by day and by night, and for paper of any format. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  -webkit-text-size-adjust: 100% }
main { max-width: 60rem; margin: 1rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; overflow-wrap: anywhere }
.period { margin: .35rem 0 0; color: var(--soft) }
.about { margin: .75rem 0 0; max-width: 44rem; overflow-wrap: anywhere }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0;
  list-style: none }
.figures li { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .5rem }
.figures b { display: block; font-size: 1.4rem; line-height: 1.3; font-variant-numeric: tabular-nums }
.figures span { color: var(--soft); font-size: .9rem }
.notice { margin: 1rem 0 0; padding: .6rem .9rem; border-radius: .5rem; background: var(--warn-on); color: var(--warn);
  overflow-wrap: anywhere }
figure { margin: 2rem 0 0 }
figcaption, h2 { margin: 0 0 .5rem; font-size: 1.1rem; font-weight: 600; line-height: 1.3 }
h2 { margin-top: 2rem }
svg { display: block; width: 100%; height: auto }
svg.narrow { display: none }
svg text { font: 12px/1 system-ui, sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums }
svg .label { fill: var(--ink) }
svg .value { fill: var(--ink); font-size: 11px }
.grid { stroke: var(--line) }
.base { stroke: var(--soft) }
.slice { stroke: var(--card); stroke-width: 1.5 }
svg .area { fill-opacity: .3 }
svg .dot { fill-opacity: .75 }
${BY_DAY.map((_, at) => `.c${at} { fill: var(--c${at}) }\n.l${at} { fill: none; stroke: var(--c${at}); stroke-width: 2; stroke-linejoin: round${DASHES[at] === '' ? '' : `; stroke-dasharray: ${DASHES[at]}`} }`).join('\n')}
${HEAT_BY_DAY.map((_, at) => `.h${at} { fill: var(--h${at}) }`).join('\n')}
.hnone { fill: none; stroke: var(--line); stroke-dasharray: 2 3 }
svg .in0, svg .in1, svg .in2 { fill: #14202c }
svg .in3, svg .in4, svg .in5 { fill: #fff }
@media (prefers-color-scheme: dark) { svg .in0, svg .in1, svg .in2 { fill: #fff } svg .in3, svg .in4, svg .in5 { fill: #0c141b } }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .5rem 0 0; padding: 0; list-style: none; font-size: .9rem }
.legend li { display: flex; align-items: center; gap: .4rem; overflow-wrap: anywhere }
.legend svg { flex: none; width: 22px; height: 12px }
.note, .none { color: var(--soft); font-size: .9rem }
.note { margin: .5rem 0 0 }
.none { padding: 2rem; border: 1px dashed var(--line); border-radius: .5rem; text-align: center }
.wide-table { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: .95rem }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: break-word }
th { font-weight: 600; white-space: nowrap }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom }
tbody th { max-width: 22rem; font-weight: 400; white-space: normal }
tbody .time { white-space: nowrap }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tfoot th, tfoot td { border-top: 2px solid var(--soft); border-bottom: 0; font-weight: 600 }
footer { margin-top: 2rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem;
  overflow-wrap: anywhere }
footer p { margin: .2rem 0 }
code { font: .95em ui-monospace, monospace }
@media (max-width: 36rem) {
  body { padding: 0 }
  main { margin: 0; padding: 1.25rem 1rem; border: 0; border-radius: 0 }
  h1 { font-size: 1.4rem }
  svg.wide { display: none }
  svg.narrow { display: block }
  th, td { padding: .35rem .5rem }
}
@page { margin: 15mm }
@media print {
  :root { color-scheme: light; ${LIGHT} }
  body { padding: 0; background: none; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  main { max-width: none; margin: 0; padding: 0; border: 0 }
  svg.wide { display: block }
  svg.narrow { display: none }
  svg .in0, svg .in1, svg .in2 { fill: #14202c }
  svg .in3, svg .in4, svg .in5 { fill: #fff }
  figure, tr, .figures, .notice { break-inside: avoid }
  h1, h2, figcaption { break-after: avoid }
  thead { display: table-header-group }
  tfoot { display: table-row-group }
  .wide-table { overflow: visible }
  figure { margin-top: 1.1rem }
  figure > svg.wide { max-height: 64mm }
}
`;

/** By which the page says itself, and its server, that it has this one style sheet and runs nothing. */
export const REPORT_POLICY = [
  ...[
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(REPORT_STYLE).digest('base64')}'`,
  ],
  ...["base-uri 'none'", "form-action 'none'"],
].join('; ');
