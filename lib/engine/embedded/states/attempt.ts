import type { Json, JsonObject } from '#core/json.ts';
import { exceeds, jsonText, ownCopy } from '../json-text.ts';
import { eventNames, waitsForToken } from '../services/resource.ts';
import { dispatch } from './dispatch.ts';
import type { ScheduledTask } from './task.ts';
import type { TaskOutcome } from './task-runner.ts';

/** One dispatch of a task: it ends once, by an answer, a failure, a timeout, or because nobody wants it any more. */
export class Attempt {
  readonly task: ScheduledTask;
  #ended = false;
  #rests = false;
  #resolve: (outcome: TaskOutcome) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #heartbeatTimer: { cancel(): void } | undefined;
  #controller: AbortController | undefined;
  readonly #cleanUps: (() => void)[] = [];

  constructor(task: ScheduledTask) {
    this.task = task;
  }

  /** Aborted when the attempt has ended. Made for whoever asks: to abort one costs more than a task of a function. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.whenDone(() => controller.abort());
    }
    return this.#controller.signal;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** Does the task; resolves with how it ended, once, when the execution may go on. */
  async run(): Promise<TaskOutcome> {
    try {
      return await this.#outcome();
    } finally {
      if (this.#rests) await this.wake();
    }
  }

  /** Tells that there is nothing to do here until the task ends, or is woken. */
  rest(): void {
    if (this.#ended || this.#rests) return;
    this.#rests = true;
    this.task.entered.scope.execution.work.rest();
  }

  /** Resolves when there may be something to do again. */
  async wake(): Promise<void> {
    if (!this.#rests) return;
    this.#rests = false;
    const { run, scope } = this.task.entered;
    const turn = scope.execution.work.wake(run.thread.cancellation);
    if (turn !== undefined) await turn;
  }

  #outcome(): Promise<TaskOutcome> {
    const { run } = this.task.entered;
    return run.thread.cancellation.wait<TaskOutcome>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#armTimers();
      if (waitsForToken(this.task.resource)) this.#listenForToken();
      dispatch(this).catch(reject);
      return () => {
        this.#ended = true;
        this.#heartbeatTimer?.cancel();
        for (const cleanUp of this.#cleanUps) cleanUp();
      };
    });
  }

  /** Calls back when the attempt has ended, however. */
  whenDone(cleanUp: () => void): void {
    if (this.#ended) cleanUp();
    else this.#cleanUps.push(cleanUp);
  }

  /** Ends the task and journals that at once; false when it has ended before. */
  end(outcome: TaskOutcome): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    const kept = this.#limited(outcome);
    const { events, entered } = this.task;
    try {
      const isHeartbeat = kept.kind === 'timedOut' && kept.isHeartbeat === true;
      entered.run.thread.record(
        events.endedType(kept),
        events.endedDetails(kept),
        isHeartbeat ? { isHeartbeat } : undefined,
      );
      this.#resolve(kept);
      return true;
    } catch (error) {
      // The history is full: the execution ends of it, not whoever answers, and nothing was taken.
      this.#reject(error);
      return false;
    }
  }

  /** Tells that a worker has the task now; false when it has ended before, or there is no more room in the history. */
  started(details: JsonObject): boolean {
    if (this.#ended) return false;
    const { events, entered } = this.task;
    try {
      entered.run.thread.record(events.startedType, details);
      return true;
    } catch (error) {
      // The execution ends of it: nobody else would take the task.
      this.#reject(error);
      return false;
    }
  }

  /** Tells that whoever does the task has it now, and gave this answer. */
  submitted(answer: Json): void {
    const { events, entered } = this.task;
    if (!this.#ended) entered.run.thread.record('TaskSubmitted', events.submittedDetails(answer));
  }

  #listenForToken(): void {
    const { run } = this.task.entered;
    const stopListening = run.tasks.register(this.task.token, {
      answer: async (given) => {
        const outcome = given.kind === 'succeeded' ? { ...given, output: ownCopy(given.output) } : given;
        if (!this.end(outcome)) return 'gone';
        await run.thread.journal.flush();
        return 'accepted';
      },
      heartbeat: () => this.#armHeartbeat(),
    });
    this.#cleanUps.push(stopListening);
  }

  #limited(outcome: TaskOutcome): TaskOutcome {
    const { entered, resource } = this.task;
    const most = entered.scope.execution.maxPayloadBytes;
    if (outcome.kind !== 'succeeded' || !exceeds(jsonText(outcome.output), most)) return outcome;
    const name = resource.kind === 'lambda' ? resource.arn : eventNames(resource).resourceType;
    const cause = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    return { kind: 'failed', failure: { error: 'States.DataLimitExceeded', cause } };
  }

  #armTimers(): void {
    const { clock } = this.task.entered.scope.execution;
    const { timeoutAt } = this.task;
    if (timeoutAt !== undefined) {
      const timer = clock.setTimer(timeoutAt, () => this.end(timedOut()));
      this.#cleanUps.push(() => timer.cancel());
    }
    this.#armHeartbeat();
  }

  #armHeartbeat(): void {
    const { heartbeatMs, entered } = this.task;
    if (heartbeatMs === undefined || this.#ended) return;
    this.#heartbeatTimer?.cancel();
    const { clock } = entered.scope.execution;
    this.#heartbeatTimer = clock.setTimer(clock.now() + heartbeatMs, () =>
      this.end({ ...timedOut(), isHeartbeat: true }),
    );
  }
}

/** Step Functions gives a missed heartbeat the same name as a timeout. */
function timedOut(): TaskOutcome & { readonly kind: 'timedOut' } {
  return { kind: 'timedOut', failure: { error: 'States.Timeout', cause: '' } };
}
