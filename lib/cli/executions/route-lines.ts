import { REASON_WORDS } from '#routing/tally.ts';
import type { RouteTrace } from '#routing/trace.ts';
import { REASONS } from '#routing/trace.ts';
import type { Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';

/** Choices that are told; `--json` tells all of them. */
const MOST_TOLD = 20;

/** How devices were chosen, for each step that does not name its own, below a blank line. */
export function routeLines(
  steps: readonly { readonly path: string; readonly route?: RouteTrace | undefined }[],
  { columns, paint }: Terminal,
): readonly string[] {
  const routed = steps.flatMap(({ path, route }) => (route === undefined ? [] : [{ path, route }]));
  if (routed.length === 0) return [];
  const told = routed
    .slice(0, MOST_TOLD)
    .map(({ path, route }) =>
      hanging(`${path} → ${route.chosen}  `, `${ruleWords(route)}: ${fieldWords(route)}`, columns),
    );
  const more = routed.length - told.length;
  return ['', ...told, ...(more > 0 ? [paint.dim(`… ${more} more choices`)] : [])];
}

function ruleWords({ strategy, alternative, zone, isProbe, tried }: RouteTrace): string {
  return [
    strategy,
    alternative === 0 ? undefined : `fallback ${alternative}`,
    zone === '' ? undefined : `zone ${zone}`,
    isProbe === true ? 'to try it again' : undefined,
    tried === undefined ? undefined : `after ${tried.join(', ')}`,
  ]
    .filter((words) => words !== undefined)
    .join(', ');
}

function fieldWords({ fits, looked, isWhole, left, best }: RouteTrace): string {
  const others = REASONS.flatMap((reason) => {
    const count = left[reason] ?? 0;
    return count === 0 ? [] : [`${count} ${REASON_WORDS[reason]}`];
  });
  const next = best.slice(1).map(({ device }) => device);
  return [
    `${fits} of ${looked} looked at fit${isWhole ? '' : ' (a part of the fleet)'}`,
    ...others,
    ...(next.length === 0 ? [] : [`next: ${next.join(', ')}`]),
  ].join(', ');
}
