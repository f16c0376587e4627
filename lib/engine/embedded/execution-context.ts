import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '../engine.ts';

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
): JsonObject {
  const redrivenAt = redrives.at(-1)?.at;
  const StartTime = new Date(startedAt).toISOString();
  return {
    Execution: {
      Id: `arn:aws:states:local:000000000000:execution:${machine}:${name}`,
      Input: input,
      Name: name,
      RoleArn: 'arn:aws:iam::000000000000:role/embedded',
      StartTime,
      RedriveCount: redrives.length,
      ...(redrivenAt === undefined ? {} : { RedriveTime: new Date(redrivenAt).toISOString() }),
    },
    StateMachine: { Id: `arn:aws:states:local:000000000000:stateMachine:${machine}`, Name: machine },
  };
}
