import { costOf } from '#compiler/forecast/cost.ts';
import { totalUsage, type Usage } from '#compiler/forecast/usage.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { type CostSources, usageOnAws } from './execution-cost.ts';

/** What was taken of AWS, and what it costs, in US dollars. */
export interface Taken extends Usage {
  readonly dollars: number;
}

/** The usage since the last redrive, with what it costs. */
export function takenSinceRedrive(sources: CostSources, redrivenAt: number | undefined): Taken {
  const usage = usageSinceRedrive(sources, redrivenAt);
  return { ...usage, dollars: costOf(usage).dollarsPerRun };
}

/**
 * What an execution has taken on AWS since it was redriven last, of one that was not, all: the whole less what it had taken before, so
 * that what is told after each of its ends adds up to the whole.
 */
function usageSinceRedrive(sources: CostSources, redrivenAt: number | undefined): Usage {
  const whole = usageOnAws(sources);
  if (redrivenAt === undefined) return whole;
  const { definition, history, unwinds } = sources;
  const isBefore = ({ timestamp }: HistoryEvent): boolean => timestamp < redrivenAt;
  const before = usageOnAws({
    definition,
    history: {
      events: history.events.filter(isBefore),
      children: new Map(
        [...history.children].map(([run, children]) => [
          run,
          children
            .filter(({ events }) => events.some(isBefore))
            .map((child) => ({ ...child, events: child.events.filter(isBefore) })),
        ]),
      ),
    },
    unwinds: unwinds.map((events) => events.filter(isBefore)).filter((events) => events.length > 0),
  });
  return totalUsage([
    [whole, 1],
    [before, -1],
  ]);
}
