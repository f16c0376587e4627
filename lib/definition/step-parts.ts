/** What steps are made of: the parts of the model that hold no steps themselves. */
import type { JsonObject } from '#core/json.ts';

/** How a failed step is tried again. */
export interface Retry {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: number;
  readonly maxDelayMs: number | undefined;
  readonly jitter: 'full' | 'none';
  /** Names of errors; undefined for every error. */
  readonly on: readonly string[] | undefined;
}

/** How another step of the list must have ended. */
export type Outcome = 'succeeded' | 'failed' | 'skipped' | 'done';

/** One entry of `needs`. */
export interface Need {
  readonly step: string;
  readonly outcome: Outcome;
}

/** How a completed command is undone. */
export interface Compensate {
  readonly command: string;
  readonly device: string | undefined;
  readonly with: JsonObject;
  readonly timeoutMs: number;
}

/** How it is found out whether a command took effect whose answer did not come. */
export interface Verify {
  /** Condition over `$target`, `$with` and `$result`, without delimiters. */
  readonly expect: string;
  /** The command that asks the device; undefined: what it has reported must do. */
  readonly command: string | undefined;
  readonly with: JsonObject;
  readonly timeoutMs: number;
}

/** Units by pool: a number, or the text of an expression without delimiters. */
export type PoolUnits = Readonly<Record<string, number | string>>;

/** How runs of a step share a result. */
export interface Cache {
  readonly key: string;
  readonly ttlMs: number;
}

/** How many failed iterations a forEach bears. */
export type Tolerance = { readonly count: number } | { readonly percent: number };

/** What of a command is waited for: its answer, that the device has got it, or nothing. */
export type Await = 'response' | 'ack' | 'none';

/** How many of the items a wave takes: so many more, up to a share of them all, or all that are left. */
export type Wave = { readonly count: number } | { readonly percent: number } | { readonly rest: true };

/** What is done once more failures have come than are tolerated. */
export type OnExceeded = 'rollback' | 'halt' | 'continue';

/** A header's value: text that may hold an expression, or the name of a secret. */
export type HeaderValue = string | { readonly secret: string };

/** The methods of a call. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
