import { assertNever } from '#core/assert-never.ts';
import type { Step } from '#definition/model.ts';
import { type NestedList, nestedLists } from '#definition/nested-lists.ts';
import type { DurationOf } from './critical-path.ts';
import { graphOf, isSequence } from './graph.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import {
  betweenScope,
  blockScope,
  branchScope,
  iterationScope,
  loopScope,
  type Scope,
  sideScope,
  timedScope,
} from './scope.ts';
import { isTimedBlock } from './timed-block.ts';

/** Steps that a list's order lets run side by side. */
export interface Group {
  readonly kind: 'group';
  /** Name of its state. */
  readonly name: string;
  /** Variable that brings out what its sides leave behind. */
  readonly variable: string;
  readonly sides: readonly (readonly Part[])[];
}

/** What a list is made of: its parts run one after the other. */
export type Part = { readonly kind: 'step'; readonly step: Step } | Group;

/** How every list of a workflow is arranged, and where that puts each step. */
export interface Layout {
  /** The arrangement of a list of the workflow (the same array). */
  partsOf(steps: readonly Step[]): readonly Part[];
  /** Scope of each step's variables, by id; in the order in which the steps can run. */
  readonly scopes: ReadonlyMap<string, Scope>;
}

/** Arranges a workflow's lists; where an order needs more waiting than it says, by how long steps take. */
export function layOut(steps: readonly Step[], durationOf?: DurationOf): Layout {
  const arranged = new Map<readonly Step[], readonly Part[]>();
  const scopes = new Map<string, Scope>();
  const visitList = (list: readonly Step[], scope: Scope): void => {
    const parts = arrange(list, durationOf);
    arranged.set(list, parts);
    for (const part of parts) visitPart(part, scope);
  };
  const visitPart = (part: Part, scope: Scope): void => {
    if (part.kind === 'step') visitStep(part.step, scope);
    else
      for (const [index, side] of part.sides.entries())
        visitSide(side, sideScope(scope, part.variable, index));
  };
  const visitSide = (side: readonly Part[], scope: Scope): void => {
    for (const part of side) visitPart(part, scope);
  };
  const visitStep = (step: Step, scope: Scope): void => {
    const own = isTimedBlock(step) ? timedScope(scope, step.id) : scope;
    scopes.set(step.id, own);
    for (const nested of nestedLists(step)) {
      const around = nested.kind === 'catch' ? scope : own;
      visitList(nested.steps, scopeOfNested(step, nested, around));
    }
  };
  visitList(steps, []);
  return { scopes, partsOf: (list) => arranged.get(list) ?? arrange(list, durationOf) };
}

function scopeOfNested(step: Step, nested: NestedList, scope: Scope): Scope {
  switch (nested.kind) {
    case 'iteration':
      return step.kind === 'forEach' ? iterationScope(scope, step) : scope;
    case 'loop':
      return loopScope(scope, step.id);
    case 'between':
      return betweenScope(scope, step.id);
    case 'block':
      return blockScope(scope, step.id);
    case 'branch':
      return branchScope(scope, step.id, nested.branch ?? '');
    case 'choice':
    case 'catch':
      return scope;
    default:
      return assertNever(nested.kind);
  }
}

function arrange(steps: readonly Step[], durationOf: DurationOf | undefined): readonly Part[] {
  if (isSequence(steps)) return steps.map((step) => ({ kind: 'step', step }));
  const byId = new Map(steps.map((step, index) => [step.id, { step, index }]));
  return partsOfSchedule(scheduleOf(graphOf(steps), durationOf), { byId, around: [] });
}

interface Arranging {
  readonly byId: ReadonlyMap<string, { readonly step: Step; readonly index: number }>;
  /** First steps of the groups around. */
  readonly around: readonly string[];
}

function partsOfSchedule(schedule: Schedule, arranging: Arranging): readonly Part[] {
  switch (schedule.kind) {
    case 'step': {
      const found = arranging.byId.get(schedule.id);
      return found === undefined ? [] : [{ kind: 'step', step: found.step }];
    }
    case 'sequence':
      return schedule.parts.flatMap((part) => partsOfSchedule(part, arranging));
    case 'parallel':
      return [groupOf(schedule.parts, arranging)];
  }
}

/** A group is named after its first step in the document, and numbered where that begins the group around it too. */
function groupOf(sides: readonly Schedule[], arranging: Arranging): Group {
  const indexOf = (id: string): number => arranging.byId.get(id)?.index ?? 0;
  const [first = ''] = sides.flatMap(idsOf).toSorted((a, b) => indexOf(a) - indexOf(b));
  const level = arranging.around.filter((id) => id === first).length + 1;
  const inner = { ...arranging, around: [...arranging.around, first] };
  return {
    kind: 'group',
    name: level === 1 ? `${first} group` : `${first} group ${level}`,
    variable: level === 1 ? `${first}__group` : `${first}__group${level}`,
    sides: sides.map((side) => partsOfSchedule(side, inner)),
  };
}

function idsOf(schedule: Schedule): readonly string[] {
  return schedule.kind === 'step' ? [schedule.id] : schedule.parts.flatMap(idsOf);
}
