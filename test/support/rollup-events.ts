import fc from 'fast-check';
import { isoOf, type MonitoringEvent } from '#monitoring/events/event.ts';
import type { EventKind } from '#monitoring/events/kinds.ts';

const START = Date.UTC(2027, 2, 1, 20);
const KINDS = [
  ...(['execution.started', 'execution.succeeded', 'execution.failed', 'execution.measured'] as const),
  ...(['step.succeeded', 'step.failed', 'command.succeeded', 'command.timed-out'] as const),
  ...(['lease.granted', 'lease.released', 'approval.approved', 'device.online'] as const),
] as const;

/** Events of some executions over some hours around midnight, each with an id of its own. */
export function randomEvents({ workflows }: { readonly workflows: number }): fc.Arbitrary<MonitoringEvent[]> {
  return fc
    .array(
      fc.record({
        kind: fc.constantFrom<EventKind>(...KINDS),
        execution: fc.nat({ max: 20 }),
        workflow: fc.nat({ max: workflows }),
        step: fc.nat({ max: 3 }),
        tookMs: fc.nat({ max: 10_000_000 }),
        afterMs: fc.nat({ max: 8 * 3_600_000 }),
      }),
      { maxLength: 400, size: 'max' },
    )
    .map((parts) =>
      parts.map(({ kind, execution, workflow, step, tookMs, afterMs }, at) => ({
        ...{ v: 1, id: `${kind}/x${execution}/${at}`, kind, at: isoOf(START + afterMs) },
        ...{ execution: `x${execution}`, workflow: `w${workflow}`, version: '1.0.0' },
        ...(kind.startsWith('step') || kind.startsWith('command') ? { path: `each[${at}].s${step}` } : {}),
        data: {
          ...{ tookMs, waitedMs: tookMs % 1_000, attempts: 1 + (step % 2), name: `c${step}`, type: 'pump' },
          ...{ startedBy: `p${workflow % 7}`, group: 'ops', pools: { line: 2 }, heldMs: tookMs },
          ...{ dollars: tookMs / 1e9, stateTransitions: step, lambdaCalls: 2, readUnits: 3, writeUnits: 4 },
          ...(step > 1 ? { zone: `z${step}`, strategy: 'sticky' } : {}),
        },
      })),
    );
}
