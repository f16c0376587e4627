import { assertNever } from '#core/assert-never.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionDescription } from '../../engine.ts';
import type { JournalEvent } from '../journal-store.ts';
import { asObject, textArgument } from './resource.ts';
import type { ScheduledTask } from './task.ts';
import type { TaskOutcome } from './task-runner.ts';

/** Does a scheduled task and records how it ended, unless that was recorded before. */
export async function performTask(task: ScheduledTask): Promise<TaskOutcome> {
  const { thread } = task.entered.run;
  thread.record('TaskStarted', task.details);
  // A task that was dispatched again after a crash may have been submitted more than once.
  while (thread.takeRecorded('TaskSubmitted') !== undefined);
  const ended = thread.takeRecorded('TaskSucceeded', 'TaskFailed', 'TaskTimedOut');
  if (ended !== undefined) return readOutcome(ended);
  const outcome = await new Attempt(task).run();
  return outcome;
}

function readOutcome(event: JournalEvent): TaskOutcome {
  if (event.type === 'TaskSucceeded') {
    const output: Json = JSON.parse(String(event.details['output']));
    return { kind: 'succeeded', output };
  }
  const failure = { error: String(event.details['error']), cause: String(event.details['cause'] ?? '') };
  return { kind: event.type === 'TaskTimedOut' ? 'timedOut' : 'failed', failure };
}

/** One dispatch of a task: it ends once, by an answer, a failure, a timeout, or because nobody wants it any more. */
class Attempt {
  readonly #task: ScheduledTask;
  #ended = false;
  #resolve: (outcome: TaskOutcome) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #heartbeatTimer: { cancel(): void } | undefined;
  readonly #cleanUps: (() => void)[] = [];

  constructor(task: ScheduledTask) {
    this.#task = task;
  }

  run(): Promise<TaskOutcome> {
    const { run } = this.#task.entered;
    return run.thread.cancellation.wait<TaskOutcome>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#armTimers();
      if (this.#waitsForToken()) {
        this.#cleanUps.push(
          run.tasks.register(this.#task.token, {
            answer: async (outcome) => {
              if (!this.#end(outcome)) return 'gone';
              await run.thread.journal.flush();
              return 'accepted';
            },
            heartbeat: () => this.#armHeartbeat(),
          }),
        );
      }
      this.#dispatch().catch(reject);
      return () => {
        this.#ended = true;
        this.#heartbeatTimer?.cancel();
        for (const cleanUp of this.#cleanUps) cleanUp();
      };
    });
  }

  #waitsForToken(): boolean {
    const { resource } = this.#task;
    return resource.kind === 'function' && resource.waitsForToken;
  }

  /** Ends the task and journals that at once; false when it has ended before. */
  #end(outcome: TaskOutcome): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    const kept = this.#limited(outcome);
    try {
      this.#record(kept);
      this.#resolve(kept);
    } catch (error) {
      // The history is full: the execution ends of it, not whoever answers.
      this.#reject(error);
    }
    return true;
  }

  #record(outcome: TaskOutcome): void {
    const { thread } = this.#task.entered.run;
    if (outcome.kind === 'succeeded') {
      thread.record('TaskSucceeded', { ...this.#task.details, output: JSON.stringify(outcome.output) });
    } else {
      const type = outcome.kind === 'failed' ? 'TaskFailed' : 'TaskTimedOut';
      thread.record(type, { ...this.#task.details, ...outcome.failure });
    }
  }

  #limited(outcome: TaskOutcome): TaskOutcome {
    const { entered } = this.#task;
    if (outcome.kind !== 'succeeded') return outcome;
    if (Buffer.byteLength(JSON.stringify(outcome.output)) <= entered.scope.execution.maxPayloadBytes)
      return outcome;
    const cause = `The state/task '${entered.name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    return { kind: 'failed', failure: { error: 'States.DataLimitExceeded', cause } };
  }

  #armTimers(): void {
    const { clock } = this.#task.entered.scope.execution;
    const { timeoutAt } = this.#task;
    if (timeoutAt !== undefined) {
      const timer = clock.setTimer(timeoutAt, () => this.#end(timedOut('States.Timeout')));
      this.#cleanUps.push(() => timer.cancel());
    }
    this.#armHeartbeat();
  }

  #armHeartbeat(): void {
    const { heartbeatMs, entered } = this.#task;
    if (heartbeatMs === undefined || this.#ended) return;
    this.#heartbeatTimer?.cancel();
    const { clock } = entered.scope.execution;
    this.#heartbeatTimer = clock.setTimer(clock.now() + heartbeatMs, () =>
      this.#end(timedOut('States.HeartbeatTimeout')),
    );
  }

  async #dispatch(): Promise<void> {
    const { entered, resource, args, idempotencyKey } = this.#task;
    const { thread } = entered.run;
    await thread.journal.flush();
    if (this.#ended) return;
    const mocked = entered.run.tasks.mockedOutcome(entered.name);
    if (mocked !== undefined) return this.#answer(mocked);
    switch (resource.kind) {
      case 'lambda':
        return this.#call(resource.arn, args, (output) => output);
      case 'function':
        return this.#call(textArgument(args, 'FunctionName'), asObject(args)['Payload'] ?? {}, (payload) => ({
          ExecutedVersion: '$LATEST',
          Payload: payload,
          StatusCode: 200,
        }));
      case 'machine':
        return this.#startChild(textArgument(args, 'StateMachineArn'), {
          name: String(asObject(args)['Name'] ?? idempotencyKey.replaceAll(':', '-')),
          input: asObject(args)['Input'] ?? {},
          mode: resource.mode,
        });
      case 'mocked':
        return;
      default:
        assertNever(resource);
    }
  }

  /** Ends a mocked task; one that would have waited for its answer has been submitted before. */
  #answer(outcome: TaskOutcome): void {
    const { entered, details, resource } = this.#task;
    const waits = 'integration' in resource && /\.(waitForTaskToken|sync)/.test(resource.integration);
    if (waits) entered.run.thread.record('TaskSubmitted', { ...details, output: '{}' });
    this.#end(outcome);
  }

  async #call(arn: string, payload: Json, toResult: (payload: Json) => Json): Promise<void> {
    const { entered, details, idempotencyKey } = this.#task;
    try {
      const result = toResult(await entered.run.tasks.callFunction(arn, payload, idempotencyKey));
      if (!this.#waitsForToken()) this.#end({ kind: 'succeeded', output: result });
      else if (!this.#ended)
        entered.run.thread.record('TaskSubmitted', { ...details, output: JSON.stringify(result) });
    } catch (error) {
      this.#end({ kind: 'failed', failure: describeError(error) });
    }
  }

  async #startChild(
    machineArn: string,
    child: { readonly name: string; readonly input: Json; readonly mode: 'request' | 'sync' | 'sync:2' },
  ): Promise<void> {
    const { tasks } = this.#task.entered.run;
    try {
      const ref = await tasks.startChild(machineArn, child.name, child.input);
      if (child.mode === 'request') {
        this.#end({ kind: 'succeeded', output: { ExecutionArn: `${machineArn}:${ref.name}` } });
        return;
      }
      const giveUp = tasks.whenEnded(ref, (description) =>
        this.#end(childOutcome(description, child.mode === 'sync:2')),
      );
      this.#cleanUps.push(() => {
        giveUp();
        if (this.#task.entered.run.thread.cancellation.isCancelled) tasks.stopChild(ref);
      });
      if (this.#ended) giveUp();
    } catch (error) {
      this.#end({ kind: 'failed', failure: describeError(error) });
    }
  }
}

function timedOut(error: string): TaskOutcome {
  return { kind: 'timedOut', failure: { error, cause: '' } };
}

/** What Step Functions makes of an error that a Lambda function throws. */
function describeError(error: unknown): { error: string; cause: string } {
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return { error: name, cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) };
}

/** What `.sync` gives of a child: with `:2`, its documents as JSON; else as text. */
function childOutcome(description: ExecutionDescription, parsed: boolean): TaskOutcome {
  const { ref, status, input, output, error, cause, startedAt, endedAt } = description;
  const document = (value: Json): Json => (parsed ? value : JSON.stringify(value));
  const told: JsonObject = {
    ExecutionArn: `arn:aws:states:local:000000000000:execution:${ref.machine}:${ref.name}`,
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
