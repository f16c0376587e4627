import { assertNever } from '#core/assert-never.ts';
import { StepwrightError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { jsonText, ownCopy } from '../json-text.ts';
import type { CallableResource } from '../services/caller.ts';
import { waitsForToken } from '../services/resource.ts';
import { ServiceFailure } from '../services/service-failure.ts';
import type { Attempt } from './attempt.ts';
import { startChild } from './nested-execution.ts';
import { activityName, asObject, textArgument } from './task-arguments.ts';
import type { TaskOutcome } from './task-runner.ts';

/** Waits until a task is durably scheduled, and hands it to whoever does it. */
export async function dispatch(attempt: Attempt): Promise<void> {
  const { entered, resource } = attempt.task;
  await entered.run.thread.journal.flush();
  if (attempt.isEnded) return;
  const mocked = entered.run.tasks.mockedOutcome(entered.name);
  if (mocked !== undefined) return answerMocked(attempt, mocked);
  try {
    if (resource.kind === 'activity') offer(attempt, resource.arn);
    else await call(attempt, resource);
  } catch (error) {
    attempt.end({ kind: 'failed', failure: describeError(error) });
  }
}

async function call(attempt: Attempt, resource: CallableResource): Promise<void> {
  const { args, entered } = attempt.task;
  const { tasks } = entered.run;
  switch (resource.kind) {
    case 'lambda':
      return tasks.hasFunction(resource.arn)
        ? callFunction(attempt, { arn: resource.arn, payload: args, toResult: (payload) => payload })
        : callService(attempt, resource);
    case 'function': {
      const arn = textArgument(args, 'FunctionName');
      if (!tasks.hasFunction(arn)) return callService(attempt, resource);
      const payload = asObject(args)['Payload'] ?? {};
      return callFunction(attempt, { arn, payload, toResult: invocation });
    }
    case 'machine':
      return tasks.hasMachine(textArgument(args, 'StateMachineArn'))
        ? startChild(attempt, resource.mode)
        : callService(attempt, resource);
    case 'service':
    case 'http':
      return callService(attempt, resource);
    default:
      assertNever(resource);
  }
}

/** What `lambda:invoke` gives besides the payload. */
function invocation(payload: Json): JsonObject {
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

interface FunctionCall {
  readonly arn: string;
  readonly payload: Json;
  toResult(payload: Json): Json;
}

async function callFunction(attempt: Attempt, { arn, payload, toResult }: FunctionCall): Promise<void> {
  const { entered, idempotencyKey } = attempt.task;
  const answer = await entered.run.tasks.callFunction(arn, payload, { caller: attempt, idempotencyKey });
  answered(attempt, toResult(ownCopy(answer)));
}

async function callService(attempt: Attempt, resource: CallableResource): Promise<void> {
  const { entered, args, idempotencyKey, submitted } = attempt.task;
  // The job goes on elsewhere: it is only looked after.
  if (submitted !== undefined) attempt.rest();
  const result = await entered.run.tasks.callService({
    ...{ resource, args, idempotencyKey, submitted, signal: attempt.signal },
    onSubmitted: async (answer) => {
      attempt.submitted(answer);
      await entered.run.thread.journal.flush();
      attempt.rest();
    },
  });
  answered(attempt, ownCopy(result));
}

/** The end of a task, but where its end is a matter of its token. */
function answered(attempt: Attempt, result: Json): void {
  if (waitsForToken(attempt.task.resource)) {
    attempt.submitted(result);
    attempt.rest();
  } else {
    attempt.end({ kind: 'succeeded', output: result });
  }
}

function offer(attempt: Attempt, activityArn: string): void {
  const { entered, args, token, isStarted } = attempt.task;
  const { tasks, thread } = entered.run;
  attempt.rest();
  if (isStarted) return;
  const takeBack = tasks.activities.offer(activityName(activityArn), {
    taskToken: token,
    input: jsonText(args),
    started: async (workerName) => {
      if (!attempt.started(workerName === undefined ? {} : { workerName })) return false;
      await thread.journal.flush();
      return !attempt.isEnded;
    },
  });
  attempt.whenDone(takeBack);
}

/** Ends a mocked task; one that would have waited for its answer, or for a worker, has got that far before. */
function answerMocked(attempt: Attempt, outcome: TaskOutcome): void {
  const { resource, entered, events, isStarted } = attempt.task;
  if (resource.kind === 'activity' && !isStarted) entered.run.thread.record(events.startedType);
  const waits = 'integration' in resource && /\.(waitForTaskToken|sync)/.test(resource.integration);
  if (waits) attempt.submitted({});
  attempt.end(outcome);
}

/** A result that is nested too deep. */
const TOO_DEEP = 'SW4083';

/** What Step Functions makes of what went wrong: of a service its own words, of a function what Lambda tells. */
function describeError(error: unknown): { error: string; cause: string } {
  if (error instanceof ServiceFailure) return { error: error.name, cause: error.message };
  if (error instanceof StepwrightError && error.code === TOO_DEEP) {
    return {
      error: 'States.DataLimitExceeded',
      cause: `The result of the task is refused: ${error.message}`,
    };
  }
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return { error: name, cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) };
}
