import { isDistributed } from '#definition/map-mode.ts';
import type { Step } from '#definition/model.ts';
import { type Counted, mostRuns } from './known-counts.ts';
import type { StepList, StepNode } from './step-tree.ts';

/** Events that an execution's history takes (AWS Step Functions Developer Guide, "Service quotas"). */
export const MOST_EVENTS = 25_000;

/** Events that states leave when all goes well: entered and exited, and of some what is between. */
const EVENTS = { plain: 2, task: 6, block: 4, iteration: 2, mapRun: 2, execution: 2 } as const;

/**
 * How many events a step leaves in the history, when nothing fails, every condition holds and everything runs as often as it
 * may. What the definition does not bound counts nothing. `stepwright plan` reckons exactly, by the machine.
 */
export function historyEvents(node: StepNode, subject: Counted): number {
  const { step } = node;
  const guard = step.if === undefined ? 0 : EVENTS.plain;
  const held = 'uses' in step && step.uses !== undefined ? 2 * EVENTS.task : 0;
  // Child executions have histories of their own.
  if (step.kind === 'forEach' && isDistributed(step)) return guard + held + ownEvents(step) + EVENTS.mapRun;
  return guard + held + ownEvents(step) + (mostRuns(step, subject) ?? 1) * insideEvents(node, subject);
}

/** How many events an iteration leaves in the history of its own, where it has one; 0 where it has none. */
export function childHistoryEvents(node: StepNode, subject: Counted): number {
  const { step } = node;
  if (step.kind !== 'forEach' || !isDistributed(step)) return 0;
  return EVENTS.execution + insideEvents(node, subject);
}

/** Events of all steps of a list. */
export function historyEventsOfList({ nodes }: StepList, subject: Counted): number {
  return nodes.reduce((sum, node) => sum + historyEvents(node, subject), 0);
}

function ownEvents({ kind }: Step): number {
  switch (kind) {
    case 'set':
    case 'wait':
    case 'succeed':
    case 'fail':
    case 'asl':
      return EVENTS.plain;
    case 'choose':
      return 2 * EVENTS.plain;
    case 'parallel':
    case 'forEach':
      return EVENTS.block;
    case 'while':
      return EVENTS.plain;
    case 'lock':
      return EVENTS.block + 2 * EVENTS.task;
    default:
      return EVENTS.task;
  }
}

/** Events of one run of what is inside a step. */
function insideEvents({ step, lists }: StepNode, subject: Counted): number {
  const inside = lists.filter(({ kind }) => kind !== 'catch' && kind !== 'between');
  const events = inside.map((list) => historyEventsOfList(list, subject));
  if (step.kind === 'choose') return Math.max(0, ...events);
  const sum = events.reduce((total, own) => total + own, 0);
  if (step.kind === 'while') return sum + EVENTS.plain + EVENTS.block + EVENTS.iteration;
  if (step.kind !== 'forEach') return sum;
  if (mostRuns(step, subject) === undefined && !isDistributed(step)) return 0;
  return sum + EVENTS.iteration + (step.tolerate === undefined ? 0 : EVENTS.block);
}
