import type { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { BehaviourFile, CommandBehaviourSchema } from '#definition/fleet.ts';
import { durationMs } from '#definition/read-retry.ts';

/** Between which times, in ms, an answer is drawn. */
export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How a device does one command. */
export interface CommandBehaviour {
  readonly latency: Latency;
  readonly fail: number;
  readonly error: string;
  readonly sets: JsonObject;
  readonly result: Json;
}

/** How a device behaves: chances from 0 to 1. */
export interface Behaviour {
  readonly lose: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly flap: number;
  readonly brick: number;
  readonly clockSkewMs: number;
  readonly commands: ReadonlyMap<string, CommandBehaviour>;
  /** A command that is not described succeeds with nothing. */
  readonly otherwise: CommandBehaviour;
}

const NO_LATENCY: Latency = { minMs: 0, maxMs: 0 };

/** What a device's behaviour is, with its own parts in the place of those of all. */
export function readBehaviour(ofAll: BehaviourFile = {}, own: BehaviourFile = {}): Behaviour {
  const { lose = 0, duplicate = 0, reorder = 0, flap = 0, brick = 0, ...rest } = { ...ofAll, ...own };
  const latency = readLatency(rest.latency) ?? NO_LATENCY;
  const commands = Object.entries({ ...ofAll.commands, ...own.commands });
  return {
    ...{ lose, duplicate, reorder, flap, brick },
    clockSkewMs: durationMs(rest.clockSkew) ?? 0,
    commands: new Map(commands.map(([name, command]) => [name, readCommandBehaviour(command, latency)])),
    otherwise: readCommandBehaviour({}, latency),
  };
}

function readCommandBehaviour(
  {
    latency,
    fail = 0,
    error = 'Device.Failed',
    sets = {},
    result = null,
  }: z.infer<typeof CommandBehaviourSchema>,
  usual: Latency,
): CommandBehaviour {
  return { latency: readLatency(latency) ?? usual, fail, error, sets, result };
}

function readLatency(written: BehaviourFile['latency']): Latency | undefined {
  if (written === undefined) return undefined;
  const { min, max } = typeof written === 'string' ? { min: written, max: written } : written;
  return { minMs: durationMs(min) ?? 0, maxMs: durationMs(max) ?? 0 };
}
