import * as z from 'zod';
import { routeKeys } from '#table/keys.ts';
import type { Table, Write } from '#table/table.ts';
import { type Breaker, BreakerSchema, reopened, stateOf } from './breaker.ts';

/** What a device has shown of one ability: a capability, or what stands in for the lack of one, `*`. Times in ms. */
export const AbilitySchema = z.object({
  /** Outcomes, of which half are forgotten each half-life, as they were at `at`. */
  successes: z.number(),
  failures: z.number(),
  at: z.number(),
  /** Failures since the last success. */
  inARow: z.number().int(),
  /** Moving average of how long answers take; absent before the first. */
  latencyMs: z.number().exactOptional(),
  breaker: BreakerSchema.exactOptional(),
});

/** What a device has shown of one ability. */
export type Ability = z.infer<typeof AbilitySchema>;

/** What is known of how a device does. */
export const HealthSchema = z.object({
  /** Commands that have not ended: in flight, and in the mailbox. */
  open: z.number().int().default(0),
  /** Counts the changes of the abilities. */
  revision: z.number().int().default(0),
  abilities: z.record(z.string(), AbilitySchema).default({}),
});

/** What is known of how a device does. */
export type Health = z.infer<typeof HealthSchema>;

/** What came of a command for the one who chooses devices; `none` where it tells nothing of the device. */
export interface Outcome {
  readonly command: string;
  readonly ability: string;
  readonly result: 'success' | 'failure' | 'none';
  readonly latencyMs: number | undefined;
  readonly now: number;
}

/** After so long an outcome counts half. */
export const HALF_LIFE_MS = 30 * 60_000;
/** Share of the newest answer in the average of latencies. */
const NEWEST_SHARE = 0.3;
/** Failures in a row that open a breaker. */
const MOST_IN_A_ROW = 5;
/** Abilities that are kept of a device; the one that was used longest ago goes first. */
const MOST_ABILITIES = 32;

/** The name under which outcomes are kept of commands that require these capabilities. */
export function abilityOf(requires: Readonly<Record<string, string>>): string {
  const names = Object.keys(requires);
  return names.length === 0 ? '*' : names.toSorted().join('+');
}

/** What is known of a device; nothing yet, of one that has had no command. */
export async function readHealth(table: Pick<Table, 'get'>, device: string): Promise<Health> {
  return HealthSchema.parse((await table.get(routeKeys.health(device))) ?? {});
}

/** An ability as it counts at a time. */
export function abilityAt({ abilities }: Health, name: string, now: number): Ability {
  const known = Object.hasOwn(abilities, name) ? abilities[name] : undefined;
  if (known === undefined) return { successes: 0, failures: 0, at: now, inARow: 0 };
  const left = 2 ** (-Math.max(0, now - known.at) / HALF_LIFE_MS);
  return { ...known, successes: known.successes * left, failures: known.failures * left, at: now };
}

/** What is known of a device after an outcome. */
export function afterOutcome(health: Health, outcome: Outcome): Health {
  const { ability: name, result, command, now } = outcome;
  const before = abilityAt(health, name, now);
  const isProbe = before.breaker?.probe?.command === command;
  const latencyMs = averageLatency(before.latencyMs, outcome.latencyMs);
  const ability: Ability = { ...before, ...(latencyMs === undefined ? {} : { latencyMs }) };
  switch (result) {
    case 'success':
      return withAbility(health, name, afterSuccess(ability, isProbe));
    case 'failure':
      return withAbility(health, name, afterFailure(ability, isProbe, now));
    case 'none':
      return isProbe ? withAbility(health, name, withoutProbe(before)) : health;
  }
}

/** A probe that succeeds lets the device in again, and what was before it is forgotten. */
function afterSuccess(ability: Ability, isProbe: boolean): Ability {
  if (!isProbe) return { ...ability, successes: ability.successes + 1, inARow: 0 };
  const { breaker: _closed, ...rest } = ability;
  return { ...rest, successes: 1, failures: 0, inARow: 0 };
}

function afterFailure(ability: Ability, isProbe: boolean, now: number): Ability {
  const failed = { ...ability, failures: ability.failures + 1, inARow: ability.inARow + 1 };
  const { breaker } = failed;
  if (breaker === undefined) {
    if (failed.inARow < MOST_IN_A_ROW) return failed;
    return { ...failed, breaker: reopened(undefined, 'failures', now) };
  }
  const isOver = isProbe || stateOf(breaker, now) === 'half-open';
  return isOver ? { ...failed, breaker: reopened(breaker, breaker.reason, now) } : failed;
}

function withoutProbe(ability: Ability): Ability {
  if (ability.breaker === undefined) return ability;
  const { probe: _released, ...breaker } = ability.breaker;
  return { ...ability, breaker };
}

/** The health with one ability changed. */
export function withAbility(health: Health, name: string, ability: Ability): Health {
  const others = Object.entries(health.abilities).filter(([other]) => other !== name);
  const kept = others.toSorted(([, one], [, other]) => other.at - one.at).slice(0, MOST_ABILITIES - 1);
  return { ...health, abilities: Object.fromEntries([...kept, [name, ability]]) };
}

/** The health with a breaker set, as it is now. */
export function withBreaker(
  health: Health,
  name: string,
  { breaker, now }: { breaker: Breaker; now: number },
): Health {
  return withAbility(health, name, { ...abilityAt(health, name, now), breaker });
}

/** The write of changed abilities, which holds as long as nobody else has changed them; `open` counts besides. */
export function abilitiesWrite(
  device: string,
  { before, after, open }: { readonly before: Health; readonly after: Health; readonly open: number },
): Write {
  return {
    update: {
      key: routeKeys.health(device),
      set: { abilities: after.abilities },
      add: { revision: 1, ...(open === 0 ? {} : { open }) },
      condition:
        before.revision === 0
          ? { attribute: 'revision', present: false }
          : { attribute: 'revision', equals: before.revision },
    },
  };
}

/** The write that counts a command more or less. */
export function openWrite(device: string, open: 1 | -1): Write {
  return { update: { key: routeKeys.health(device), add: { open } } };
}

function averageLatency(average: number | undefined, newest: number | undefined): number | undefined {
  if (newest === undefined || average === undefined) return newest ?? average;
  return average + NEWEST_SHARE * (newest - average);
}
