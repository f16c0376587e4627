import type { AlertDocument } from '../alerts/alert-calls.ts';
import type { Gauges } from './gauges.ts';

/** How events come in. */
export type Connection =
  /** Not yet, or not at all: how things stand was asked for. */
  | { readonly kind: 'asked' }
  /** Pushed as they happen. */
  | { readonly kind: 'live' }
  /** Asked for once a second, where nothing is pushed. */
  | { readonly kind: 'polling' }
  | { readonly kind: 'lost'; readonly since: number; readonly reason: string };

/** What happened in one second. */
export interface Second {
  /** Seconds since the Unix epoch, by the clock of the server. */
  readonly second: number;
  readonly events: number;
  readonly started: number;
  readonly ended: number;
  readonly failed: number;
  readonly commands: number;
  readonly commandsFailed: number;
}

/** How long something took, and when it ended (ms since the Unix epoch). */
export interface Took {
  readonly at: number;
  readonly ms: number;
}

/** An execution that has not ended. Times are ms since the Unix epoch. */
export interface Running {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: 'RUNNING' | 'ROLLING_BACK';
  /** Unknown of one that was heard of for the first time in its midst. */
  readonly startedAt?: number;
  readonly pausedAt?: number;
  readonly heardAt: number;
  /** What was heard of it last, such as `rollout[3].flash pump-3`. */
  readonly doing?: string;
  /** How many commands have failed in it, or have not been answered. */
  readonly troubles: number;
  readonly error?: string;
  /** As it was looked up last. */
  readonly progress?: { readonly done: number; readonly total: number };
}

/** An execution that did not end well. */
export interface Failed {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: string;
  readonly at: number;
  readonly error?: string;
  readonly cause?: string;
  readonly tookMs?: number;
}

/** A command that has not ended. */
export interface OpenCommand {
  readonly device: string;
  readonly isSent: boolean;
}

/** A registered device. */
export interface FleetDevice {
  readonly type: string;
  readonly zone?: string;
  readonly isOnline: boolean;
}

/** An alert that fires, or that somebody looks after. */
export interface ShownAlert {
  readonly id: string;
  /** `<group>.<rule>`. */
  readonly name: string;
  readonly title: string;
  readonly severity: AlertDocument['severity'];
  readonly values: Readonly<Record<string, string>>;
  readonly since: number;
  /** Who looks after it. */
  readonly acknowledgedBy?: string;
}

/** A pool of units. */
export interface ShownPool {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/** All that `stepwright top` knows. However much happens, it is bounded in size. */
export interface TopState {
  readonly url: string;
  readonly connection: Connection;
  /** How far the clock of the server is behind ours, in ms; unknown before anything has come in. */
  readonly clockOffsetMs?: number;
  /** How late the newest events came. */
  readonly lagMs?: number;
  /** From when on all events are counted; ms since the Unix epoch. */
  readonly countedFrom: number;
  readonly seconds: readonly Second[];
  readonly executionTimes: readonly Took[];
  readonly commandTimes: readonly Took[];
  readonly running: ReadonlyMap<string, Running>;
  /** Whether there are more that run than are known by name. */
  readonly isRunningCut: boolean;
  /** Ids of those that have ended lately: what comes late of them does not bring them back. */
  readonly ended: ReadonlySet<string>;
  /** The newest first. */
  readonly failed: readonly Failed[];
  readonly commands: ReadonlyMap<string, OpenCommand>;
  readonly devices: ReadonlyMap<string, FleetDevice>;
  /** Whether there are more devices than were asked for. */
  readonly isFleetCut: boolean;
  /** Until when devices are left out by breakers and quarantine, by device; ms since the Unix epoch. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly alerts: ReadonlyMap<string, ShownAlert>;
  readonly pools: readonly ShownPool[];
  readonly gauges: Gauges;
  /** How often events were missing. */
  readonly gaps: number;
}

/** So much is kept of each. */
export const KEPT = {
  /** Seconds that are counted. */
  seconds: 300,
  /** Times that quantiles are made of. */
  times: 1_000,
  running: 5_000,
  ended: 5_000,
  failed: 100,
  commands: 10_000,
  devices: 5_000,
  alerts: 1_000,
} as const;

/** Nothing is known yet. */
export function emptyState(url: string, now: number): TopState {
  return {
    url,
    connection: { kind: 'asked' },
    countedFrom: now,
    ...{ seconds: [], executionTimes: [], commandTimes: [] },
    ...{ running: new Map(), isRunningCut: false, ended: new Set(), failed: [], commands: new Map() },
    ...{ devices: new Map(), isFleetCut: false, leftOut: new Map() },
    ...{ alerts: new Map(), pools: [], gauges: {}, gaps: 0 },
  };
}
