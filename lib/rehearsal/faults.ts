import { durationMs } from '#definition/read-retry.ts';
import type { FaultRates } from '#definition/rehearsal/faults.ts';

/** How often what goes wrong: chances from 0 to 1, times in ms. */
export interface Faults {
  /** Of each message to or from a device. */
  readonly lose: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly delay: number;
  readonly longestDelayMs: number;
  /** Of each answer that ends a command. */
  readonly flap: number;
  readonly longestFlapMs: number;
  /** Of each command that is carried out. */
  readonly brick: number;
  readonly clockSkewMs: number;
  /** Of each try of a call of the table. */
  readonly throttle: number;
  /** Of each call of a handler. */
  readonly handlerFails: number;
  readonly handlerHangs: number;
  /** Of each write of the engine and the handlers. */
  readonly crash: number;
}

const LONGEST_MS = 20_000;

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  ...{ lose: 0, duplicate: 0, reorder: 0, delay: 0, flap: 0, brick: 0, clockSkewMs: 0 },
  ...{ longestDelayMs: LONGEST_MS, longestFlapMs: LONGEST_MS },
  ...{ throttle: 0, handlerFails: 0, handlerHangs: 0, crash: 0 },
};

/** A bad day: mobile lines, a table at its limit, and a machine that is restarted now and then. */
export const STANDARD_FAULTS: Faults = {
  ...NO_FAULTS,
  ...{ lose: 0.005, duplicate: 0.02, reorder: 0.02, delay: 0.02, flap: 0.01, brick: 0.0005 },
  ...{ clockSkewMs: 3_600_000, throttle: 0.02, handlerFails: 0.0005, handlerHangs: 0.0002, crash: 0.003 },
};

/** What is written, over what is not. */
export function readFaults(written: FaultRates, otherwise: Faults = NO_FAULTS): Faults {
  const { longestDelay, longestFlap, clockSkew, ...chances } = written;
  return {
    ...otherwise,
    ...withoutUndefined(chances),
    longestDelayMs: durationMs(longestDelay) ?? otherwise.longestDelayMs,
    longestFlapMs: durationMs(longestFlap) ?? otherwise.longestFlapMs,
    clockSkewMs: durationMs(clockSkew) ?? otherwise.clockSkewMs,
  };
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return JSON.parse(JSON.stringify(value));
}

/** Thrown where something was made to go wrong: whoever hears of it looks no further. */
export class RehearsedFault extends Error {
  /** As AWS names it. */
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
