import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '../engine.ts';

/** What `$states.context` tells of the execution and its machine, in the shape of Step Functions. */
export function executionContext(
  { machine, name }: ExecutionRef,
  input: Json,
  startedAt: number,
): JsonObject {
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
      RedriveCount: 0,
    },
    StateMachine: { Id: `arn:aws:states:local:000000000000:stateMachine:${machine}`, Name: machine },
  };
}
