/** What steps are made of: the parts of the model that hold no steps themselves. */
import type { WEEKDAYS } from '#core/hours.ts';
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

/** How many failed iterations a forEach bears: a number, or the text of an expression without delimiters. */
export type Tolerance = { readonly count: number | string } | { readonly percent: number | string };

/** What of a command is waited for: its answer, that the device has got it, or nothing. */
export type Await = 'response' | 'ack' | 'none';

/** One of each of those that differ in these fields, at most so many. */
export interface Canary {
  /** Paths of fields of an item, such as `reported.firmware`. */
  readonly cover: readonly string[];
  /** Undefined: as many as it takes. */
  readonly max: number | undefined;
}

/**
 * What of the items that are left a wave takes: so many (a number, or the text of an expression without delimiters), a share
 * of all items, those for which a condition over their fields holds, some that stand for all kinds of them, or all.
 */
export type WaveItems =
  | { readonly count: number | string }
  | { readonly percent: number }
  | { readonly where: string }
  | { readonly canary: Canary }
  | { readonly rest: true };

/** A wave, and how many of its iterations may fail; undefined: only all waves together are counted. */
export type Wave = WaveItems & { readonly tolerate?: Tolerance | undefined };

/** What becomes of a device that another execution has claimed: the step fails, waits for it, or goes on without it. */
export type Claim = 'refuse' | 'wait' | 'skip';

/** What is done once more failures have come than are tolerated. */
export type OnExceeded = 'rollback' | 'halt' | 'continue';

/** A header's value: text that may hold an expression, or the name of a secret. */
export type HeaderValue = string | { readonly secret: string };

/** The methods of a call. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** How one of the devices that fit is chosen. */
export const STRATEGIES = [
  ...(['least-loaded', 'round-robin', 'weighted', 'random', 'sticky', 'latency-aware', 'adaptive'] as const),
] as const;

/** How one of the devices that fit is chosen. */
export type Strategy = (typeof STRATEGIES)[number];

/** What a device must have, be and report. Texts may hold expressions; `where` is one without delimiters. */
export interface Wish {
  /** Capability to the version range it must satisfy. */
  readonly requires: Readonly<Record<string, string>> | undefined;
  readonly zone: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly where: string | undefined;
}

/** What counts for a device, and how much. */
export interface Preference extends Wish {
  readonly weight: number;
}

/** What is tried when no device fits what stands before it: it changes what it names, and keeps the rest. */
export interface Alternative extends Wish {
  readonly near: string | undefined;
  readonly device: string | undefined;
  readonly command: string | undefined;
  readonly with: JsonObject | undefined;
}

/** By what the device of a command is chosen. */
export interface Routing extends Wish {
  /** The zone it shall be in, or else one of the zones around that; instead of `zone`. */
  readonly near: string | undefined;
  readonly prefers: readonly Preference[];
  /** Ids, each of which may be an expression; or one expression that gives them. */
  readonly exclude: string | readonly string[] | undefined;
  readonly strategy: Strategy;
  /** Text that may hold an expression. */
  readonly key: string | undefined;
  /** Expression over one device's fields, without delimiters. */
  readonly weight: string | undefined;
  readonly retryOn: 'another' | 'same';
  /** How long it waits where no device fits, and the group that is told; undefined: it fails. */
  readonly whenNone: { readonly waitMs: number; readonly escalate: string | undefined } | undefined;
  readonly fallback: readonly Alternative[];
}

/** When iterations may begin: on these days from one time of day, such as `22:30`, to another, by the clock of a time zone. */
export interface Window {
  readonly days: readonly (typeof WEEKDAYS)[number][];
  readonly from: string;
  /** Of the next day, where it is not after `from`. */
  readonly to: string;
  /** Name of a time zone; may hold an expression. */
  readonly timezone: string;
}

/** How fast iterations begin: `5/m`, or an expression that gives such a text. */
export type Rate = string;

/** What must hold before the next wave: a condition over `$result`, without delimiters; how long it may take, and how often it is looked at. */
export interface Health {
  readonly until: string;
  readonly withinMs: number;
  readonly everyMs: number;
}

/** Which devices: a condition over the fields of one, and capabilities with ranges of versions. */
export interface Selection {
  /** Without delimiters; undefined for all. */
  readonly where: string | undefined;
  readonly requires: Readonly<Record<string, string>>;
  /** May hold an expression. */
  readonly zone: string | undefined;
}

/** How long devices that join later are taken in, and which. */
export interface Watch extends Selection {
  readonly forMs: number;
}

/** The fields of a device as workflows see it. */
export const DEVICE_FIELDS = ['id', 'type', 'zone', 'status', 'tags', 'capabilities', 'reported'] as const;

/** A field of a device as workflows see it. */
export type DeviceField = (typeof DEVICE_FIELDS)[number];
