import type { Json, JsonObject } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';
import type { Draw } from './draw.ts';

/** Errors that handlers fail with, and machines retry and catch. */
export const ERRORS = ['Busy', 'Broken'] as const;

/** Deepest nesting of Parallel and Map states. */
const DEEPEST = 2;

/** The machine that others start and wait for. */
export const CHILD = 'child';

/** The activity whose tasks workers poll for. */
export const ACTIVITY = 'work';

/** How a machine is to be. */
export interface MachineOptions {
  readonly startsChildren?: boolean;
  readonly isPure?: boolean;
}

interface Making {
  readonly draw: Draw;
  readonly startsChildren: boolean;
  /** Whether some of the states are in JSONPath. */
  readonly isJsonPath: boolean;
  /** Whether nothing but inputs and results decides what comes out: no time, no lots, no limits of time. */
  readonly isPure: boolean;
  /** States that may still be made. */
  left: number;
  count: number;
}

/**
 * A machine of any states, nested, with retries and catchers. Every task has a timeout and no way leads back, so that each
 * execution ends, whatever its handlers do. A pure one has no timeouts: its handlers must answer.
 */
export function randomMachine(
  name: string,
  draw: Draw,
  { startsChildren = true, isPure = false }: MachineOptions = {},
): Machine {
  const isJsonPath = !isPure && draw.chance(0.3);
  const making: Making = { draw, startsChildren, isJsonPath, isPure, left: draw.whole(2, 12), count: 0 };
  const timeout: JsonObject = !isPure && draw.chance(0.1) ? { TimeoutSeconds: draw.whole(20, 300) } : {};
  const QueryLanguage = making.isJsonPath ? 'JSONPath' : 'JSONata';
  return { name, definition: { QueryLanguage, ...timeout, ...block(making, 0) } };
}

function block(making: Making, depth: number): JsonObject {
  const length = Math.max(1, Math.min(making.left, making.draw.whole(1, depth === 0 ? 6 : 3)));
  const names = Array.from({ length }, () => `s${making.count++}`);
  making.left -= length;
  const states = names.map((name, index): [string, Json] => [
    name,
    stateInLanguage(making, { depth, later: names.slice(index + 1) }),
  ]);
  return { StartAt: names[0] ?? '', States: Object.fromEntries(states) };
}

interface Place {
  readonly depth: number;
  /** States of the block that come after this one: where it may go. */
  readonly later: readonly string[];
}

/** In a machine in JSONPath a state may be in JSONata, not the other way round. */
function stateInLanguage(making: Making, place: Place): JsonObject {
  if (!making.isJsonPath) return state(making, place);
  return making.draw.chance(0.5)
    ? jsonPathState(making, place)
    : { QueryLanguage: 'JSONata', ...state(making, place) };
}

function state(making: Making, place: Place): JsonObject {
  const { draw } = making;
  const nested = place.depth < DEEPEST && making.left > 1;
  const kinds = ['task', 'task', 'token', 'token', 'activity', 'pass', 'wait', 'choice'] as const;
  const kind = nested && draw.chance(0.4) ? draw.one(['parallel', 'map'] as const) : draw.one(kinds);
  if (draw.chance(0.03)) return { Type: 'Fail', Error: 'Broken', Cause: 'by design' };
  switch (kind) {
    case 'task':
      return task(making, place);
    case 'token':
      return tokenTask(making, place);
    case 'activity':
      // A worker that was given a task and has died is missed by a timeout alone.
      return making.isPure ? task(making, place) : activityTask(making, place);
    case 'pass':
      return { Type: 'Pass', ...assigning(making), ...output(making), ...next(draw, place) };
    case 'wait':
      return { Type: 'Wait', Seconds: draw.whole(0, 40), ...next(draw, place) };
    case 'choice':
      return choice(making, place);
    case 'parallel':
      return parallel(making, place);
    case 'map':
      return map(making, place);
  }
}

function next(draw: Draw, { later }: Place): JsonObject {
  const [first = '', ...others] = later;
  if (later.length === 0) return { End: true };
  return { Next: draw.chance(0.85) ? first : draw.one([first, ...others]) };
}

/** Values that come out otherwise each time they are computed: what was journaled must hold. */
function output({ draw, isPure }: Making): JsonObject {
  const id = isPure ? 'one' : '{% $uuid() %}';
  return draw.chance(0.5) ? { Output: { id, of: '{% $states.input %}' } } : {};
}

function assigning({ draw, isPure }: Making): JsonObject {
  return draw.chance(0.5) ? { Assign: { drawn: isPure ? 1 : '{% $random() %}' } } : {};
}

function payload({ isPure }: Making): JsonObject {
  return {
    input: '{% $states.input %}',
    ...(isPure ? {} : { drawn: '{% $uuid() %}' }),
    item: '{% $exists($states.context.Map) ? $states.context.Map.Item.Value : null %}',
  };
}

/** A pure machine waits for ever: a timeout would decide what comes out. */
function timeout({ draw, isPure }: Making, least: number, most: number): JsonObject {
  return isPure ? {} : { TimeoutSeconds: draw.whole(least, most) };
}

function task(making: Making, place: Place): JsonObject {
  const { draw, startsChildren } = making;
  if (startsChildren && draw.chance(0.1)) return childTask(making, place);
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: payload(making) },
    Output: '{% $states.result.Payload %}',
    ...timeout(making, 5, 90),
    ...assigning(making),
    ...fallible(making, place),
    ...next(draw, place),
  };
}

function childTask(making: Making, place: Place): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: `\${ChildStateMachineArn}`, Input: { given: '{% $states.input %}' } },
    Output: { status: '{% $states.result.Status %}' },
    ...timeout(making, 30, 120),
    ...fallible(making, place),
    ...next(making.draw, place),
  };
}

function tokenTask(making: Making, place: Place): JsonObject {
  const { draw } = making;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: `\${AskFunctionArn}`,
      Payload: { ...payload(making), token: '{% $states.context.Task.Token %}' },
    },
    ...timeout(making, 20, 120),
    ...heartbeat(making),
    ...assigning(making),
    ...fallible(making, place),
    ...next(draw, place),
  };
}

function activityTask(making: Making, place: Place): JsonObject {
  return {
    Type: 'Task',
    Resource: `arn:aws:states:local:000000000000:activity:${ACTIVITY}`,
    Arguments: payload(making),
    ...timeout(making, 20, 120),
    ...heartbeat(making),
    ...fallible(making, place),
    ...next(making.draw, place),
  };
}

function heartbeat({ draw, isPure }: Making): JsonObject {
  return !isPure && draw.chance(0.4) ? { HeartbeatSeconds: draw.whole(5, 15) } : {};
}

function fallible({ draw, isPure }: Making, { later }: Place): JsonObject {
  const retry = draw.chance(0.6)
    ? {
        Retry: [
          {
            ErrorEquals: [draw.one(['States.ALL', 'Busy', 'States.Timeout'])],
            IntervalSeconds: draw.whole(1, 20),
            MaxAttempts: draw.whole(1, 3),
            JitterStrategy: draw.one(['FULL', 'NONE']),
          },
        ],
      }
    : {};
  const [target] = later;
  if (target === undefined || !draw.chance(0.6)) return retry;
  // Of two branches that fail, another one may be the first next time.
  const output = isPure ? { Output: 'caught' } : {};
  return { ...retry, Catch: [{ ErrorEquals: ['States.ALL'], ...output, Next: target }] };
}

const OF_INPUT = '{% $length($string($states.input)) % 2 = 0 %}';

function choice({ draw, isPure }: Making, place: Place): JsonObject {
  const [first, ...others] = place.later;
  if (first === undefined) return { Type: 'Succeed' };
  return {
    Type: 'Choice',
    Choices: [{ Condition: isPure ? OF_INPUT : '{% $random() < 0.5 %}', Next: first }],
    Default: draw.one([first, ...others]),
  };
}

function parallel(making: Making, place: Place): JsonObject {
  const { draw } = making;
  const Branches = Array.from({ length: draw.whole(1, 3) }, () => block(making, place.depth + 1));
  return {
    Type: 'Parallel',
    Branches,
    ...assigning(making),
    ...fallible(making, place),
    ...next(draw, place),
  };
}

function map(making: Making, place: Place): JsonObject {
  const { draw, isPure } = making;
  const length = draw.whole(0, 4);
  const id = isPure ? '1' : '$uuid()';
  const items: Json = draw.chance(0.5)
    ? Array.from({ length }, (_, index) => index)
    : `{% [1..${length}].{ "n": $, "id": ${id} } %}`;
  const isDistributed = draw.chance(0.3);
  const mode: JsonObject = isDistributed
    ? { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }
    : { Mode: 'INLINE' };
  const tolerated: JsonObject =
    isDistributed && draw.chance(0.5) ? { ToleratedFailurePercentage: draw.whole(0, 100) } : {};
  return {
    Type: 'Map',
    Items: items,
    ...(draw.chance(0.5) ? { MaxConcurrency: draw.whole(1, 2) } : {}),
    ...(draw.chance(0.3)
      ? { ItemSelector: { item: '{% $states.context.Map.Item.Value %}', id: `{% ${id} %}` } }
      : {}),
    ItemProcessor: { ProcessorConfig: mode, ...block(making, place.depth + 1) },
    ...tolerated,
    // What failed children are told by has their times in it.
    ...(isPure && isDistributed ? { Output: '{% $count($states.result) %}' } : {}),
    ...fallible(making, place),
    ...next(draw, place),
  };
}

function jsonPathState(making: Making, place: Place): JsonObject {
  const { draw } = making;
  const given: JsonObject = { 'input.$': '$', 'drawn.$': 'States.UUID()' };
  const timed: JsonObject = {
    TimeoutSeconds: draw.whole(5, 90),
    ...fallible(making, place),
    ...next(draw, place),
  };
  switch (draw.one(['pass', 'wait', 'task', 'token'] as const)) {
    case 'pass':
      return { Type: 'Pass', Parameters: { 'of.$': '$', 'id.$': 'States.UUID()' }, ...next(draw, place) };
    case 'wait':
      return { Type: 'Wait', Seconds: draw.whole(0, 40), ...next(draw, place) };
    case 'task':
      return {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: `\${WorkFunctionArn}`, Payload: given },
        ResultSelector: { 'did.$': '$.Payload.did', 'id.$': 'States.UUID()' },
        ...(draw.chance(0.3) ? { ResultPath: '$.last' } : {}),
        ...timed,
      };
    case 'token':
      return {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: {
          FunctionName: `\${AskFunctionArn}`,
          Payload: { ...given, 'token.$': '$$.Task.Token' },
        },
        ...timed,
      };
  }
}
