import * as z from 'zod';
import type { TaskAnswer } from '#engine/engine.ts';
import { DEEPEST_DATA, readJson } from './definition/json-text.ts';
import { ApiFault } from './faults.ts';
import { CauseField, DataField, ErrorField, optional, TaskTokenField } from './fields.ts';
import { operation } from './operation.ts';
import type { ServedEngine } from './parts.ts';

/** `SendTaskSuccess`. */
export const sendTaskSuccess = operation(
  z.object({ taskToken: TaskTokenField, output: DataField }),
  async ({ taskToken, output }, { engine }) => {
    checkToken(engine, taskToken);
    const read = readJson(output, DEEPEST_DATA);
    if ('reason' in read) throw new ApiFault('InvalidOutput', `Invalid Output: '${read.reason}'`);
    return accepted(await engine.succeedTask(taskToken, read.value));
  },
);

/** `SendTaskFailure`. */
export const sendTaskFailure = operation(
  z.object({ taskToken: TaskTokenField, error: optional(ErrorField), cause: optional(CauseField) }),
  async ({ taskToken, error = '', cause = '' }, { engine }) => {
    checkToken(engine, taskToken);
    return accepted(await engine.failTask(taskToken, { error, cause }));
  },
);

/** `SendTaskHeartbeat`. */
export const sendTaskHeartbeat = operation(
  z.object({ taskToken: TaskTokenField }),
  async ({ taskToken }, { engine }) => {
    checkToken(engine, taskToken);
    return accepted(await engine.heartbeatTask(taskToken));
  },
);

/** A token that this engine never made stands for no task. */
function checkToken(engine: ServedEngine, taskToken: string): void {
  if (!engine.issued(taskToken)) throw new ApiFault('InvalidToken', "Invalid Token: 'Invalid token'");
}

/** A genuine token whose task waits no more: it was answered, has timed out, or its execution has ended. */
function accepted(answer: TaskAnswer): Record<never, never> {
  if (answer === 'accepted') return {};
  throw new ApiFault('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}
