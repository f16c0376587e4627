import type { Route, Wish } from '#compiler/route-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { Item, Table } from '#table/table.ts';
import { type Breaker, stateOf } from './breaker.ts';
import { type Candidate, CandidateSchema, type Registered } from './candidate.ts';
import { type Ability, abilityAt, abilityOf, type Health, readHealth } from './health.ts';
import type { Tally } from './tally.ts';
import type { Reason } from './trace.ts';
import { isTrueOf, plainFault, readRegistered, weightOf } from './wish.ts';

/** A device that fits, with what the strategies go by. */
export interface Contender {
  readonly id: string;
  /** Its place in the rings. */
  readonly position: string;
  readonly health: Health;
  readonly ability: Ability;
  /** Sum of the weights of the preferences that it meets. */
  readonly score: number;
  /** 1, but for `weighted`. */
  readonly weight: number;
  /** Whether it may have one command only, to try if it can do it again. */
  readonly isProbe: boolean;
}

/** By what devices are judged. */
export interface Judging {
  readonly table: Pick<Table, 'get'>;
  readonly wish: Wish;
  readonly route: Route;
  readonly bindings: JsonObject;
  readonly now: number;
  /** Devices that are not taken, and why. */
  readonly barred: ReadonlyMap<string, Reason>;
  readonly tally: Tally;
}

/** The devices of these entries of a ring that fit, in their order; the tally is told of the others. */
export async function judge(entries: readonly Item[], judging: Judging): Promise<Contender[]> {
  const contenders = await Promise.all(
    entries.map(async (entry) => {
      const device = CandidateSchema.parse(entry);
      const judged = await judgeOne({ device, position: entry.sk }, judging);
      if (typeof judged !== 'string') return judged;
      judging.tally.leave(device.id, judged);
      return undefined;
    }),
  );
  return contenders.filter((contender) => contender !== undefined);
}

/** A device at its place. */
export interface Placed {
  readonly device: Candidate;
  readonly position: string;
}

/** One device as a contender, or why it is none. */
export async function judgeOne({ device, position }: Placed, judging: Judging): Promise<Contender | Reason> {
  const { table, wish, route, bindings, now } = judging;
  const fault = faultOf(device, judging);
  if (fault !== undefined) return fault;
  const isAsked = [wish, ...route.prefers].some(({ where }) => where !== undefined);
  const registered =
    isAsked || route.weight !== undefined ? await readRegistered(table, device.id) : undefined;
  const known = registered ?? { ...device, reported: {} };
  if (wish.where !== undefined && !(await isTrueOf(known, wish.where, bindings))) return 'where';
  const weight = route.weight === undefined ? 1 : await weightOf(known, route.weight, bindings);
  if (weight === undefined) return 'weight';
  const health = await readHealth(table, device.id);
  const ability = abilityAt(health, abilityOf(wish.requires), now);
  const state = stateOf(ability.breaker, now);
  if (state === 'open' || state === 'probing') {
    judging.tally.keepOut(returnOf(ability.breaker, now));
    return ability.breaker?.reason === 'outlier' ? 'quarantine' : 'breaker';
  }
  const score = await scoreOf(known, judging);
  return { id: device.id, position, health, ability, score, weight, isProbe: state === 'half-open' };
}

/** Why a device does not fit, as far as its place in the rings tells. */
export function faultOf(
  device: Candidate,
  { wish, barred }: Pick<Judging, 'wish' | 'barred'>,
): Reason | undefined {
  const bar = barred.get(device.id);
  if (bar === 'excluded') return bar;
  return plainFault(device, wish) ?? bar ?? (device.status === 'online' ? undefined : 'offline');
}

/** When a device that is kept out may take a command again: one may try, or the one that tries is given up. */
function returnOf(breaker: Breaker | undefined, now: number): number {
  return Math.max(
    now,
    stateOf(breaker, now) === 'open' ? (breaker?.until ?? now) : (breaker?.probe?.until ?? now),
  );
}

async function scoreOf(device: Registered, { route, bindings }: Judging): Promise<number> {
  let score = 0;
  for (const { weight, ...wish } of route.prefers) {
    if (plainFault(device, wish) !== undefined) continue;
    if (wish.where === undefined || (await isTrueOf(device, wish.where, bindings))) score += weight;
  }
  return score;
}
