import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionDescription } from '../../engine.ts';
import type { IntegrationPattern } from '../services/resource.ts';
import type { Attempt } from './attempt.ts';
import { asObject, textArgument } from './task-arguments.ts';
import type { TaskOutcome } from './task-runner.ts';

/**
 * Starts an execution of another machine of this engine, as `states:startExecution` does; with `.sync` the task ends with it,
 * and it is stopped with the task. A dispatch after a crash finds the execution that was started before.
 */
export async function startChild(attempt: Attempt, pattern: IntegrationPattern): Promise<void> {
  const { args, idempotencyKey, entered, submitted } = attempt.task;
  const { tasks, thread } = entered.run;
  const machineArn = textArgument(args, 'StateMachineArn');
  const given = asObject(args)['Name'];
  const name = typeof given === 'string' ? given : idempotencyKey.replaceAll(':', '-');
  const ref = await tasks.startChild(machineArn, name, childInput(asObject(args)['Input'] ?? {}));
  const started = { ExecutionArn: executionArn(ref), StartDate: entered.scope.execution.clock.now() };
  if (pattern === 'request') {
    attempt.end({ kind: 'succeeded', output: started });
    return;
  }
  if (submitted === undefined) attempt.submitted(started);
  attempt.rest();
  if (pattern === 'waitForTaskToken') return;
  const giveUp = tasks.whenEnded(ref, (description) =>
    attempt.end(childOutcome(description, pattern === 'sync:2')),
  );
  attempt.whenDone(() => {
    giveUp();
    if (thread.cancellation.isCancelled) tasks.stopChild(ref);
  });
}

/** The input of a child may be given as JSON, or as JSON text. */
function childInput(input: Json): Json {
  if (typeof input !== 'string') return input;
  try {
    const value: Json = JSON.parse(input);
    return value;
  } catch {
    return input;
  }
}

function executionArn({ machine, name }: ExecutionDescription['ref']): string {
  return `arn:aws:states:local:000000000000:execution:${machine}:${name}`;
}

/** What `.sync` gives of a child: with `:2`, its documents as JSON; else as text. */
function childOutcome(description: ExecutionDescription, parsed: boolean): TaskOutcome {
  const { ref, status, input, output, error, cause, startedAt, endedAt } = description;
  const document = (value: Json): Json => (parsed ? value : JSON.stringify(value));
  const told: JsonObject = {
    ExecutionArn: executionArn(ref),
    StateMachineArn: `arn:aws:states:local:000000000000:stateMachine:${ref.machine}`,
    Name: ref.name,
    Status: status,
    Input: document(input),
    InputDetails: { Included: true },
    ...(output === undefined ? {} : { Output: document(output), OutputDetails: { Included: true } }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
    StartDate: startedAt,
    StopDate: endedAt ?? startedAt,
  };
  if (status === 'SUCCEEDED') return { kind: 'succeeded', output: told };
  return { kind: 'failed', failure: { error: 'States.TaskFailed', cause: JSON.stringify(told) } };
}
