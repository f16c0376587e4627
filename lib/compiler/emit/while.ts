import type { JsonObject } from '#core/json.ts';
import type { WhileStep } from '#definition/block-steps.ts';
import { boundValue, type Emitting } from '../emitting.ts';
import { loopEnding } from '../endings.ts';
import { emitFailureHandling, isRetried } from '../failure.ts';
import { lastIterationText, lastIterationVariable } from '../names.ts';
import { inheritedEnvironment, innerAttemptValue, type Place, runPathValue } from '../place.ts';
import { resultOf } from '../result.ts';
import { loopScope } from '../scope.ts';
import { bodyOf, defined, type Emission, KEEP_ENVIRONMENT, leave, type NamedState } from '../states.ts';
import { loopSetter } from '../visible-sets.ts';

/**
 * A while is a Choice before a Map state over one item, the number of the iteration, which goes back to the Choice. The Map
 * gives every iteration variables of its own: without it, a step that is skipped would still have the output of the iteration
 * before.
 */
export function emitWhile(step: WhileStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const names = { check: checkName(step), limit: `${step.id} limit` };
  const inner = atLoop(step, at);
  const setter = loopSetter(step);
  const result = setter === undefined ? '$states.result[0]' : '$states.result[0].output';
  const loop: NamedState = [
    step.id,
    {
      ...defined({ Type: 'Map', Comment: step.title }),
      Items: `{% [${iterationText(step)}] %}`,
      ItemSelector: environmentOf(step, at.place),
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...bodyOf(emitBody(step, inner)) },
      ...failure.fields,
      Assign: {
        [iterationVariable(step)]: `{% ${iterationText(step)} + 1 %}`,
        [lastIterationVariable(step.id)]: `{% ${result} %}`,
        ...(setter === undefined ? {} : { [setter.variable]: '{% $states.result[0].vars %}' }),
      },
      Output: KEEP_ENVIRONMENT,
      Next: names.check,
    },
  ];
  const check: NamedState = [names.check, checkState(step, { at, inner, limit: names.limit })];
  const limit: NamedState = [names.limit, limitState(step, failure.fields)];
  return { start: check[0], states: [check, loop, limit, ...failure.states] };
}

/** Name of the Choice that an iteration goes back to. */
export function checkName({ id }: WhileStep): string {
  return `${id} while`;
}

/** What a loop's own expressions see: what its iterations have set, besides what was set before. */
function atLoop(step: WhileStep, at: Emitting): Emitting {
  const setter = loopSetter(step);
  const sets = setter === undefined ? at.place.sets : [...at.place.sets, setter];
  return { ...at, held: false, place: { ...at.place, sets, loop: step.id } };
}

function emitBody(step: WhileStep, at: Emitting): Emission {
  const place: Place = {
    ...at.place,
    scope: loopScope(at.place.scope, step.id),
    repeated: true,
    path: '',
    loop: undefined,
    retried: at.place.retried || isRetried(step),
  };
  return at.emitter.emitList(step.steps, { ...at, place, ...loopEnding(step, place, at.emitter) });
}

interface Check {
  readonly at: Emitting;
  /** What the condition sees. */
  readonly inner: Emitting;
  /** Name of the state for too many iterations. */
  readonly limit: string;
}

function checkState(step: WhileStep, { at, inner, limit }: Check): JsonObject {
  if (at.exit.kind !== 'next') throw new Error(`"${step.id}" is a loop, and has no state to go on to`);
  const { condition, maxIterations } = step;
  const { Assign } = leave(at.exit, resultOf(step, lastIterationText(step.id), at));
  const over = {
    Condition: boundValue(`(${condition}) ? false : true`, inner),
    ...(Assign === undefined ? {} : { Assign }),
    Next: at.exit.state,
  };
  const tooMany = { Condition: `{% ${iterationText(step)} >= ${maxIterations} %}`, Next: limit };
  return {
    Type: 'Choice',
    Choices: [over, ...(maxIterations === undefined ? [] : [tooMany])],
    Default: step.id,
  };
}

/** A failure like those of the steps inside: caught where they are. Only a block can catch what a Fail state fails with. */
function limitState(step: WhileStep, { Catch }: JsonObject): JsonObject {
  const fail = {
    Type: 'Fail',
    Error: 'Step.TooManyIterations',
    Cause: `after ${step.maxIterations} iterations, ${step.condition} still holds`,
  };
  if (Catch === undefined) return fail;
  const branch = bodyOf({ start: `${step.id} failed loop`, states: [[`${step.id} failed loop`, fail]] });
  return { Type: 'Parallel', Branches: [branch], Catch, End: true };
}

function environmentOf(step: WhileStep, place: Place): JsonObject {
  return defined({
    ...inheritedEnvironment(place),
    path: runPathValue(place, step.id, { index: '$states.context.Map.Item.Value' }),
    attempt: innerAttemptValue(place, isRetried(step)),
  });
}

/** How many iterations are through, as text of an expression. */
function iterationText(step: WhileStep): string {
  const variable = `$${iterationVariable(step)}`;
  return `($exists(${variable}) ? ${variable} : 0)`;
}

function iterationVariable({ id }: WhileStep): string {
  return `${id}__iterations`;
}
