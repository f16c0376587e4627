import type { Json } from '#core/json.ts';
import type { Observation } from '../observation.ts';

/** How things stand at some moment. */
export interface Measured {
  /** What is held against the bounds of the rule. */
  readonly value: number;
  /** Since when it is so, where that is known: ms since the epoch. */
  readonly since?: number | undefined;
}

/** When it alerts. */
export interface Bounds {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** Watches one series of a rule. It keeps a bounded part of what it was told. */
export interface Watch {
  /** Takes what is seen. Late things are put where they belong. Gives whether it belongs to what the alert is about. */
  take(seen: Observation): boolean;
  /** How things stand now; undefined where nobody can say, which is well. */
  look(now: number): Measured | undefined;
  /** Whether it holds nothing that could matter later. */
  isIdle(now: number): boolean;
  /** What did not come from one time to another is not missed. */
  forgive?(from: number, until: number): void;
  /** What it holds. */
  save(): Json;
  /** Takes what another watch of the same condition held, in the place of what it holds. Throws where it is none of its kind. */
  resume(saved: Json): void;
}

/** How one condition is watched. */
export interface Condition {
  /** Kinds of events that it looks at. */
  readonly kinds: readonly string[];
  readonly bounds: Bounds;
  /** So long ago things may be that still count, in ms. */
  readonly lookBackMs: number;
  /** Kinds that end what others have begun: of them, only what they end is looked at. */
  readonly ends: readonly string[];
  /** So many series are told apart; what comes after them counts together. */
  readonly mostSeries: number;
  /** @param since when the watch begins, in ms since the epoch. */
  open(since: number): Watch;
}

/** So many series of a rule are told apart that looks at spans of time. */
export const MOST_SERIES = 1_000;

/** Most parts into which a span of time is divided. */
export const SLOTS = 60;
