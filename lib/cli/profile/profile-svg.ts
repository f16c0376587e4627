import type { ProfileDocument } from '#api/profile-documents.ts';
import { axisTicks } from '#compiler/forecast/axis-ticks.ts';
import {
  CHARACTER,
  CHART_STYLE,
  chartHead,
  DARK_CHART_STYLE,
  escaped,
  rounded,
} from '#compiler/forecast/chart-svg.ts';
import { formatDuration } from '#core/duration.ts';
import { wrap } from '../text-layout.ts';
import { PART_NAMES, partWords } from './part-words.ts';

type Step = ProfileDocument['steps'][number];

/** Sizes in pixels. */
const WIDTH = 1_080;
const MARGIN = 24;
const LABELS = 280;
const TOP = 132;
const ROW = 26;
const BAR = 14;
/** Room to the right of the chart, for the time of a bar that ends there. */
const RIGHT = 96;
const BOTTOM = 88;
/** Most characters of a line of text. */
const LINE = Math.floor((WIDTH - 2 * MARGIN) / CHARACTER);

/** A profile as a Gantt chart of when each step ran and what its time went to: an SVG document that needs nothing else. */
export function profileSvg(profile: ProfileDocument): string {
  const { steps, workflow, version, executionId, status, totalMs } = profile;
  const height = TOP + steps.length * ROW + BOTTOM;
  const title = `${workflow} ${version}, execution ${executionId}`;
  const summary = `${status} after ${formatDuration(totalMs)}`;
  return [
    ...chartHead(
      { width: WIDTH, height },
      `Profile of ${title}`,
      `${summary}; critical path ${profile.criticalPath.join(', ')}`,
    ),
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="32">${escaped(title)}</text>`,
    `<text class="note" x="${MARGIN}" y="52">${escaped(summary)}</text>`,
    ...wrap(`on the critical path: ${partWords(profile.critical)}`, LINE).map(
      (line, at) => `<text class="note" x="${MARGIN}" y="${70 + at * 16}">${escaped(line)}</text>`,
    ),
    ...axis(profile),
    ...steps.flatMap((step, index) => rowOf(step, index, profile)),
    ...legend(height - 56),
    '</svg>',
  ].join('\n');
}

/** Colours that can be told apart in light and in dark; the critical path has a line under it too. */
const STYLE = `<style>
${CHART_STYLE}
  .block { fill: none; stroke: #9fb3c8 }
  .device { fill: #1971c2 }
  .work { fill: #74c0fc }
  .queue { fill: #fcc419 }
  .retry { fill: #c2255c }
  .outside { fill: #b197fc }
  .halted { fill: #adb5bd }
  .critical { stroke: #d9480f; stroke-width: 3 }
  .criticalname { fill: #d9480f; font-weight: bold }
  .slack { stroke: #829ab1; stroke-width: 2; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
${DARK_CHART_STYLE}
    .criticalname { fill: #ff922b }
    .critical { stroke: #ff922b }
  }
</style>`;

function xOf(ms: number, { totalMs }: ProfileDocument): number {
  return rounded(LABELS + (ms / Math.max(1, totalMs)) * (WIDTH - LABELS - RIGHT));
}

function axis(profile: ProfileDocument): string[] {
  const bottom = TOP + profile.steps.length * ROW;
  return axisTicks(profile.totalMs).flatMap((ms) => {
    const x = xOf(ms, profile);
    return [
      `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/>`,
      `<text class="unit" x="${x}" y="${TOP - 14}" text-anchor="middle">${formatDuration(ms)}</text>`,
    ];
  });
}

function rowOf(step: Step, index: number, profile: ProfileDocument): string[] {
  const { startMs, durationMs, slackMs, isCritical, parts } = step;
  const y = TOP + index * ROW + ROW / 2;
  const [from, to] = [xOf(startMs, profile), xOf(startMs + durationMs, profile)];
  const width = rounded(Math.max(2, to - from));
  const spare = xOf(Math.min(profile.totalMs, startMs + durationMs + slackMs), profile);
  const bars = parts.map((part) => rectOf(part.name, part, { y, profile }));
  const frame = `<rect class="block" x="${from}" y="${y - BAR / 2}" width="${width}" height="${BAR}" rx="2"/>`;
  const end = Math.max(from + width, slackMs < 1 ? 0 : spare);
  return [
    `<g><title>${escaped(tellingOf(step))}</title>`,
    `<text${isCritical ? ' class="criticalname"' : ''} x="${MARGIN}" y="${y + 4}">${escaped(labelOf(step))}</text>`,
    ...(slackMs < 1 || spare <= to
      ? []
      : [`<line class="slack" x1="${to}" x2="${spare}" y1="${y}" y2="${y}"/>`]),
    ...(bars.length === 0 ? [frame] : bars),
    ...(isCritical
      ? [
          `<line class="critical" x1="${from}" x2="${rounded(from + width)}" y1="${y + BAR / 2 + 2}" y2="${y + BAR / 2 + 2}"/>`,
        ]
      : []),
    `<text class="unit" x="${rounded(end + 6)}" y="${y + 4}">${formatDuration(durationMs)}</text></g>`,
  ];
}

function rectOf(
  name: string,
  { startMs, durationMs }: { readonly startMs: number; readonly durationMs: number },
  { y, profile }: { readonly y: number; readonly profile: ProfileDocument },
): string {
  const [from, to] = [xOf(startMs, profile), xOf(startMs + durationMs, profile)];
  return `<rect class="${name}" x="${from}" y="${y - BAR / 2}" width="${rounded(Math.max(1, to - from))}" height="${BAR}"/>`;
}

function labelOf({ path, attempts }: Step): string {
  const text = attempts > 1 ? `${path} ×${attempts}` : path;
  const most = Math.floor((LABELS - MARGIN - 12) / CHARACTER);
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

function tellingOf({ path, kind, status, device, durationMs, slackMs, attempts, parts }: Step): string {
  const spent: Partial<Record<keyof typeof PART_NAMES, number>> = {};
  for (const { name, durationMs: ms } of parts) spent[name] = (spent[name] ?? 0) + ms;
  return [
    `${path} (${kind}${device === undefined ? '' : ` on ${device}`}): ${status}, ${formatDuration(durationMs)}`,
    parts.length === 0 ? '' : `: ${partWords(spent)}`,
    attempts > 1 ? `; ${attempts} tries` : '',
    slackMs < 1 ? '' : `; ${formatDuration(slackMs)} to spare`,
  ].join('');
}

function legend(y: number): string[] {
  const { between: _between, ...named } = PART_NAMES;
  const parts = Object.entries(named).flatMap(([name, words], index) => {
    const [x, line] = [MARGIN + (index % 3) * 340, y + Math.floor(index / 3) * 20];
    return [
      `<rect class="${name}" x="${x}" y="${line - 8}" width="24" height="12"/>`,
      `<text class="note" x="${x + 32}" y="${line + 3}">${words}</text>`,
    ];
  });
  return [
    ...parts,
    `<line class="critical" x1="${MARGIN}" x2="${MARGIN + 24}" y1="${y + 38}" y2="${y + 38}"/>`,
    `<text class="note" x="${MARGIN + 32}" y="${y + 42}">critical path</text>`,
    `<line class="slack" x1="${MARGIN + 340}" x2="${MARGIN + 364}" y1="${y + 38}" y2="${y + 38}"/>`,
    `<text class="note" x="${MARGIN + 372}" y="${y + 42}">time to spare</text>`,
  ];
}
