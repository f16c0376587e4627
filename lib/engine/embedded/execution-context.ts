import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '../engine.ts';
import type { ContextPart } from './state-scope.ts';

/** When an execution began, and began again. Times are ms since the Unix epoch. */
interface Began {
  readonly startedAt: number;
  readonly redrives: readonly { readonly at: number }[];
}

/** What `$states.context` tells of the execution and its machine, in the shape of Step Functions. */
export function executionContext(
  { machine, name }: ExecutionRef,
  input: Json,
  { startedAt, redrives }: Began,
): ContextPart {
  let made: JsonObject | undefined;
  return () => {
    made ??= contextOf({ machine, name }, input, { startedAt, redrives });
    return made;
  };
}

function contextOf({ machine, name }: ExecutionRef, input: Json, { startedAt, redrives }: Began): JsonObject {
  const redrivenAt = redrives.at(-1)?.at;
  const StartTime = new Date(startedAt).toISOString();
  // An express execution is named `<name>:<id>`: its own name need not be unique.
  const [Name = '', id] = name.split(':');
  return {
    Execution: {
      Id: `arn:aws:states:local:000000000000:${id === undefined ? 'execution' : 'express'}:${machine}:${name}`,
      Input: input,
      Name,
      RoleArn: 'arn:aws:iam::000000000000:role/embedded',
      StartTime,
      // One that cannot be redriven does not count it.
      ...(id === undefined ? { RedriveCount: redrives.length } : {}),
      ...(redrivenAt === undefined ? {} : { RedriveTime: new Date(redrivenAt).toISOString() }),
    },
    StateMachine: { Id: `arn:aws:states:local:000000000000:stateMachine:${machine}`, Name: machine },
  };
}
