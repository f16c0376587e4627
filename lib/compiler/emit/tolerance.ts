import type { JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import { isDistributed } from '#definition/map-mode.ts';
import { allSteps } from '#definition/nested-lists.ts';
import type { Tolerance } from '#definition/step-parts.ts';
import { delimit } from '#expression/delimiters.ts';
import { boundText, boundValue, type Emitting } from '../emitting.ts';
import { CAUGHT, EVERY_ERROR } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { executionIdText, isRepeated, type Place, pathText, pathValue } from '../place.ts';
import { bodyOf, type Emission, KEEP_ENVIRONMENT, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { objectText } from '../text.ts';

type TolerantStep = ForEachStep & { readonly tolerate: Tolerance };

/** Variable that holds the items of a forEach, so that its waves and failed iterations know them all. */
export function itemsVariable(step: ForEachStep): string {
  return `${step.id}__items`;
}

function pathVariable(step: ForEachStep): string {
  return `${step.id}__path`;
}

/** Path of a forEach from inside of it, as a value of States Language; its place is given. */
export function forEachPath(step: ForEachStep, place: Place): string {
  return isRepeated(place) ? `{% $${pathVariable(step)} %}` : pathValue(place, step.id);
}

/** The same from its iterations: a child execution does not see the variable. */
export function forEachPathInside(step: ForEachStep, place: Place): string {
  return isDistributed(step) && isRepeated(place) ? '{% $states.input.rollout %}' : forEachPath(step, place);
}

/** How many items a forEach has, as a value of States Language. */
export function totalOf(step: ForEachStep): string {
  return `{% $count($${itemsVariable(step)}) %}`;
}

/** A tolerance as a value of States Language. */
export function toleranceValue(tolerance: Tolerance, at: Emitting): JsonObject {
  return Object.fromEntries(
    Object.entries(tolerance).map(([name, most]: [string, number | string]) => [
      name,
      typeof most === 'number' ? most : boundValue(most, at),
    ]),
  );
}

/** A tolerance as text of an expression. */
export function toleranceText(tolerance: Tolerance, at: Emitting): string {
  const fields = Object.entries(tolerance).map(([name, most]: [string, number | string]) => [
    name,
    typeof most === 'number' ? String(most) : boundText(most, at),
  ]);
  return objectText(Object.fromEntries(fields));
}

/** Whether waves have tolerances of their own. */
export function hasOwnTolerance({ waves }: ForEachStep): boolean {
  return waves?.sizes.some(({ tolerate }) => tolerate !== undefined) === true;
}

/**
 * The state that evaluates the items of a forEach before its Map; `items` is the text of an array. Where waves divide them,
 * each is kept with its number; where they are planned first, that is for later.
 */
export function itemsState(
  step: ForEachStep,
  items: string,
  { place, next, isPlanned }: { readonly place: Place; readonly next: string; readonly isPlanned: boolean },
): NamedState {
  const path = isRepeated(place) ? { [pathVariable(step)]: delimit(pathText(place, step.id)) } : {};
  const kept = step.waves === undefined || isPlanned ? items : numbered(items);
  const assign = { [itemsVariable(step)]: delimit(kept), ...path };
  return [`${step.id} items`, { Type: 'Pass', Assign: assign, Next: next }];
}

function numbered(items: string): string {
  return `[$map(${items}, function($item, $at) { { 'at': $at, 'item': $item } })]`;
}

/**
 * An iteration that may fail: its steps are the one branch of a Parallel state, so that any failure is caught; then what
 * it completed is undone, and the failure is counted. The count fails the Map once it is over the limit.
 */
export function emitTolerantBody(
  step: TolerantStep,
  body: Emission,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): Emission {
  // What a called workflow has to undo is not known here.
  const compensates = [...allSteps(step.steps)].some(
    (inner) =>
      ((inner.kind === 'command' || inner.kind === 'http') && inner.compensate !== undefined) ||
      (inner.kind === 'workflow' && inner.await),
  );
  const undo = compensates ? [undoState(step, at)] : [];
  const states = [...undo, settleState(step, { at, outer })];
  const attempt: NamedState = [
    `${step.id} item`,
    {
      Type: 'Parallel',
      Branches: [bodyOf(body)],
      Catch: [
        {
          ErrorEquals: [EVERY_ERROR],
          Assign: { [failureVariable(step)]: CAUGHT },
          Output: KEEP_ENVIRONMENT,
          Next: states[0]?.[0] ?? '',
        },
      ],
      Output: '{% $states.result[0] %}',
      End: true,
    },
  ];
  return { start: attempt[0], states: [attempt, ...states] };
}

function failureVariable(step: ForEachStep): string {
  return `${step.id}__failure`;
}

function undoState(step: ForEachStep, { place }: Emitting): NamedState {
  const state = {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: {
      StateMachineArn: `\${${MACHINE_TOKENS.unwindMachine}}`,
      Input: { execution: delimit(executionIdText(place)), scope: '{% $states.input.path %}' },
    },
    Output: KEEP_ENVIRONMENT,
    Next: settleName(step),
  };
  return [`${step.id} undo`, state];
}

function settleName(step: ForEachStep): string {
  return `${step.id} settle`;
}

function settleState(
  step: TolerantStep,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): NamedState {
  const failure = `$${failureVariable(step)}`;
  const payload = {
    execution: delimit(executionIdText(at.place)),
    path: forEachPathInside(step, outer),
    iteration: '{% $states.input.path %}',
    total: isDistributed(step) ? '{% $states.input.total %}' : totalOf(step),
    tolerate: toleranceValue(step.tolerate, at),
    ...(hasOwnTolerance(step) ? { wave: '{% $states.input.wave %}' } : {}),
    ...(step.onExceeded === 'rollback' ? {} : { onExceeded: step.onExceeded }),
    error: `{% ${failure}.error %}`,
    cause: `{% ${failure}.cause %}`,
  };
  const state = {
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.settleIteration, payload),
    Output: '{% $states.result %}',
    End: true,
  };
  return [settleName(step), state];
}
