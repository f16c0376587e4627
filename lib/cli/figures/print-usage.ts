import type { z } from 'zod';
import type { UsagePatternsSchema } from '#api/figure-documents.ts';
import type { Terminal } from '../terminal.ts';
import { count, crop, padEnd } from '../text-layout.ts';
import { minuteOf } from '../workflows/print-words.ts';
import { bar, reachLines } from './figure-words.ts';

type Usage = z.output<typeof UsagePatternsSchema>;

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const SHADES = ['··', '░░', '▒▒', '▓▓', '██'];
const MOST_BURSTS = 10;

/** How executions are started, for people. */
export function usageLines(usage: Usage, terminal: Terminal): readonly string[] {
  const { from, to, timeZone, started, callers, bursts } = usage;
  return [
    `${minuteOf(from)} to ${minuteOf(to)} UTC: ${count(started, 'execution')} started`,
    '',
    ...heatLines(usage),
    terminal.paint.dim(`hours in ${timeZone}; darker for each quarter of a busy hour, as 8 of 168 are`),
    ...(callers.length === 0 ? [] : ['', ...callerLines(callers, started)]),
    ...(bursts.length === 0 ? [] : ['']),
    ...bursts
      .slice(0, MOST_BURSTS)
      .map(
        (burst) =>
          `${terminal.paint.yellow('burst')}  ${minuteOf(burst.from)} to ${burst.to.slice(11, 16)} UTC  ${burst.started} started, usual ${Math.round(burst.usual)}, ${burst.failed} failed`,
      ),
    '',
    ...reachLines(usage),
  ];
}

function heatLines({ heat }: Usage): readonly string[] {
  const most = busyOf(heat.flat());
  const hours = Array.from({ length: 24 }, (_, hour) => (hour % 3 === 0 ? String(hour).padEnd(2) : '  '));
  const rows = heat.map((counts, day) => {
    const cells = counts.map(
      (value) => SHADES[value === 0 ? 0 : Math.min(4, Math.ceil((value / most) * 4))] ?? '',
    );
    return `${DAYS[day]}  ${cells.join('')}  ${counts.reduce((sum, value) => sum + value, 0)}`;
  });
  return [`     ${hours.join('')}`, ...rows];
}

/** A single burst must not leave all other hours pale. */
function busyOf(counts: readonly number[]): number {
  const sorted = counts.toSorted((one, other) => other - one);
  return Math.max(1, sorted[7] ?? 0);
}

function callerLines(callers: Usage['callers'], started: number): readonly string[] {
  const most = callers[0]?.started ?? 1;
  return callers.map(({ caller = '(all others)', started: own }) => {
    const share = `${own}`.padStart(8);
    return `${padEnd(crop(caller, 28), 28)}${share}  ${bar(own / Math.max(1, most), 20).padEnd(20)}  ${((own / Math.max(1, started)) * 100).toFixed(0)} %`;
  });
}
