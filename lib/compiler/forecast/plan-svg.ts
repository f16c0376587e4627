import { formatDuration } from '#core/duration.ts';
import { axisTicks } from './axis-ticks.ts';
import { CHARACTER, CHART_STYLE, chartHead, DARK_CHART_STYLE, escaped, rounded } from './chart-svg.ts';
import { formatDollars } from './cost.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** Sizes in pixels. */
const WIDTH = 960;
const MARGIN = 24;
const LABELS = 240;
const TOP = 92;
const ROW = 28;
const BAR = 14;
/** Room to the right of the chart, for the time of a bar that ends there. */
const RIGHT = 88;
const BOTTOM = 64;

/** A plan as a chart of when each step runs: an SVG document that needs nothing else. */
export function planSvg(plan: Plan): string {
  const height = TOP + plan.steps.length * ROW + BOTTOM;
  const title = `${plan.workflow} ${plan.version}`;
  return [
    ...chartHead({ width: WIDTH, height }, `Plan of ${title}`, summaryOf(plan)),
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="32">${escaped(title)}</text>`,
    `<text class="note" x="${MARGIN}" y="52">${escaped(summaryOf(plan))}</text>`,
    ...axis(plan),
    ...plan.steps.flatMap((step, index) => rowOf(step, index, plan)),
    ...legend(height - 28),
    '</svg>',
  ].join('\n');
}

/** Colours that can be told apart in light and in dark, also without seeing colours: the critical path is thicker too. */
const STYLE = `<style>
${CHART_STYLE}
  .bar { fill: #9fb3c8 }
  .critical { fill: #d9480f }
  .slack { stroke: #829ab1; stroke-width: 2; stroke-dasharray: 3 3 }
  .waits { stroke: #7048e8; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
${DARK_CHART_STYLE}
    .bar { fill: #627d98 }
    .critical { fill: #ff922b }
  }
</style>`;

function summaryOf({ time, cost, blastRadius }: Plan): string {
  const added = time.addedWaitMs < 1 ? '' : `, ${formatDuration(time.addedWaitMs)} of it added waiting`;
  const devices = blastRadius.devices === 1 ? '1 device' : `${blastRadius.devices} devices`;
  return `${formatDuration(time.totalMs)}${added}; ${formatDollars(cost.dollarsPerThousandRuns)} for a thousand runs; at most ${devices} changed and not confirmed`;
}

function xOf(ms: number, { time }: Plan): number {
  const share = ms / Math.max(1, time.totalMs);
  return rounded(LABELS + share * (WIDTH - LABELS - RIGHT));
}

function axis(plan: Plan): string[] {
  const bottom = TOP + plan.steps.length * ROW;
  return axisTicks(plan.time.totalMs).flatMap((ms) => {
    const x = xOf(ms, plan);
    return [
      `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/>`,
      `<text class="unit" x="${x}" y="${TOP - 14}" text-anchor="middle">${formatDuration(ms)}</text>`,
    ];
  });
}

function rowOf(step: PlannedStep, index: number, plan: Plan): string[] {
  const y = TOP + index * ROW + ROW / 2;
  const [from, to] = [xOf(step.startMs, plan), xOf(step.startMs + step.durationMs, plan)];
  const width = rounded(Math.max(2, to - from));
  const isCritical = step.isCritical ? ' critical' : '';
  const thickness = step.isCritical ? BAR : BAR - 4;
  const x = MARGIN + step.depth * 12;
  const after =
    step.slackMs < 1
      ? to
      : xOf(Math.min(plan.time.totalMs, step.startMs + step.durationMs + step.slackMs), plan);
  return [
    `<g><title>${escaped(tellingOf(step))}</title>`,
    `<text x="${x}" y="${y + 4}">${escaped(labelOf(step, LABELS - x - 8))}</text>`,
    ...lineOf('waits', xOf(step.startMs - step.addedWaitMs, plan), from, y),
    ...lineOf('slack', from + width, after, y),
    `<rect class="bar${isCritical}" x="${from}" y="${y - thickness / 2}" width="${width}" height="${thickness}" rx="2"/>`,
    `<text class="unit" x="${rounded(Math.max(from + width, after) + 6)}" y="${y + 4}">${formatDuration(step.durationMs)}</text></g>`,
  ];
}

function lineOf(name: string, from: number, to: number, y: number): string[] {
  return to - from < 1 ? [] : [`<line class="${name}" x1="${from}" x2="${to}" y1="${y}" y2="${y}"/>`];
}

function labelOf({ id, kind, runs }: PlannedStep, width: number): string {
  const text = runs === 1 ? `${id} ${kind}` : `${id} ${kind} ×${runs.toLocaleString('en')}`;
  const most = Math.floor(width / CHARACTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function tellingOf({ id, kind, durationMs, slackMs, addedWaitMs, runs }: PlannedStep): string {
  return [
    `${id} (${kind}): ${formatDuration(durationMs)}`,
    runs === 1 ? '' : `, ${runs.toLocaleString('en')} times`,
    slackMs < 1 ? '' : `, ${formatDuration(slackMs)} to spare`,
    addedWaitMs < 1 ? '' : `, waits ${formatDuration(addedWaitMs)} for what it does not need`,
  ].join('');
}

function legend(y: number): string[] {
  return [
    `<g><rect class="bar critical" x="${MARGIN}" y="${y - 7}" width="24" height="${BAR}" rx="2"/>`,
    `<text class="note" x="${MARGIN + 32}" y="${y + 4}">critical path</text>`,
    `<rect class="bar" x="${MARGIN + 160}" y="${y - 5}" width="24" height="${BAR - 4}" rx="2"/>`,
    `<text class="note" x="${MARGIN + 192}" y="${y + 4}">first run of a step</text>`,
    `<line class="slack" x1="${MARGIN + 368}" x2="${MARGIN + 392}" y1="${y}" y2="${y}"/>`,
    `<text class="note" x="${MARGIN + 400}" y="${y + 4}">time to spare</text>`,
    `<line class="waits" x1="${MARGIN + 528}" x2="${MARGIN + 552}" y1="${y}" y2="${y}"/>`,
    `<text class="note" x="${MARGIN + 560}" y="${y + 4}">waits for what it does not need</text></g>`,
  ];
}
