import type { TaskFailure } from '../engine.ts';
import type { Catcher, Retrier } from './definition.ts';

interface FailureOptions extends ErrorOptions {
  readonly isOfState?: boolean;
  readonly isHeartbeat?: boolean;
}

/** A state that failed, with the error name and cause that Retry, Catch and the history see. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  /** Empty where a Fail state gives none. */
  readonly error: string;
  /** Empty where a Fail state gives none. */
  readonly reason: string;
  /** Whether it went wrong in the state itself, and not in what it calls. */
  readonly isOfState: boolean;
  /** Whether it timed out for want of a heartbeat: `States.HeartbeatTimeout` matches it, `States.Timeout` is its name. */
  readonly isHeartbeat: boolean;

  constructor(error = '', reason = '', options?: FailureOptions) {
    super(`${error}: ${reason}`, options);
    this.error = error;
    this.reason = reason;
    this.isOfState = options?.isOfState ?? false;
    this.isHeartbeat = options?.isHeartbeat ?? false;
  }

  toTaskFailure(): TaskFailure {
    return { error: this.error, cause: this.reason };
  }
}

/**
 * What goes wrong in evaluating a state itself, before it is told which state that was: `StateFailure` of it says that, as
 * Step Functions does.
 */
export class StateFault extends Error {
  override readonly name = 'StateFault';
  readonly error: string;
  readonly reason: string;
  /** The field that could not be evaluated, such as `Output/total`. */
  readonly location: string | undefined;
  /** Whether it is an expression that gives nothing, or nothing that its field takes. */
  readonly isOfExpression: boolean;

  constructor(
    error: string,
    reason: string,
    options?: ErrorOptions & { readonly location?: string; readonly isOfExpression?: boolean },
  ) {
    super(`${error}: ${reason}`, options);
    this.error = error;
    this.reason = reason;
    this.location = options?.location;
    this.isOfExpression = options?.isOfExpression ?? false;
  }
}

/**
 * Whether a list of error names matches a failure. `States.Runtime` is never retried nor caught. `States.ALL` matches all
 * else but an output of the state itself that is too large; `States.TaskFailed` stands for any failure but a timeout (AWS Step
 * Functions, "Error names", and runs recorded there: results of tasks that are too large are caught by `States.ALL`).
 */
export function matches(names: readonly string[], { error, isOfState, isHeartbeat }: StateFailure): boolean {
  if (error === 'States.Runtime') return false;
  const isTerminal = isOfState && error === 'States.DataLimitExceeded';
  return names.some((name) => {
    if (name === 'States.ALL') return !isTerminal;
    if (name === 'States.TaskFailed') return error !== 'States.Timeout' && !isTerminal;
    return name === error || (isHeartbeat && name === 'States.HeartbeatTimeout');
  });
}

/** The first catcher for a failure. */
export function catcherFor(catchers: readonly Catcher[], failure: StateFailure): Catcher | undefined {
  return catchers.find((catcher) => matches(catcher.ErrorEquals, failure));
}

/** Counts the retries of one state, for each retrier apart. */
export class RetryCounter {
  readonly #retriers: readonly Retrier[];
  #used: Map<Retrier, number> | undefined;

  constructor(retriers: readonly Retrier[]) {
    this.#retriers = retriers;
  }

  /** Delay in ms before the next try, or undefined when there is none. `random` draws the jitter. */
  next(failure: StateFailure, random: () => number): number | undefined {
    const retrier = this.#retriers.find((candidate) => matches(candidate.ErrorEquals, failure));
    if (retrier === undefined) return undefined;
    this.#used ??= new Map();
    const used = this.#used.get(retrier) ?? 0;
    if (used >= retrier.MaxAttempts) return undefined;
    this.#used.set(retrier, used + 1);
    const grown = retrier.IntervalSeconds * retrier.BackoffRate ** used;
    const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
    return seconds * 1_000 * (retrier.JitterStrategy === 'FULL' ? random() : 1);
  }
}
