/** Starts the runtime: whether events are put on record, and the address of a collector that is told. */
export interface Begin {
  readonly do: 'begin';
  readonly folder: string;
  readonly monitored: boolean;
  readonly collector?: string | undefined;
}

/** Runs executions, so many at once, and meanwhile switches events off, on, on and off again, so many times over. */
export interface Alternate {
  readonly do: 'alternate';
  readonly workflow: string;
  readonly atOnce: number;
  /** Devices that come or go in a second meanwhile. */
  readonly devicesPerSecond: number;
  readonly rounds: number;
  readonly phaseMs: number;
}

/** What a server of the benchmark is asked for, one after another. */
export type Request =
  | Begin
  | Alternate
  | { readonly do: 'run'; readonly workflow: string; readonly forMs: number }
  | { readonly do: 'burst'; readonly changes: number };

/** How many executions went on in a second without events and with them. */
export type Round = readonly [off: number, on: number];

/** How many executions ended in a second, or what a burst lasted; neither, once it has begun. */
export interface Answer {
  /** How many devices came or went in a second. */
  readonly devicesPerSecond?: number;
  readonly perSecond?: number;
  readonly wallMs?: number;
  readonly rounds?: readonly Round[];
}
