import type { JsonObject } from '#core/json.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { type MachineState, statesOf } from './machine-states.ts';

/** What of a state that is to run again may be another: how it is retried and caught, and what becomes of its result. */
const FREE_OF_BLOCKS = ['Comment', 'Retry', 'Catch', 'Output', 'Assign', 'Next', 'End'];

/**
 * Why an execution cannot go on with another machine; empty when it can. Whatever it has left must stand there unchanged, since
 * its results are kept; a state that it was in must stand in the same place, and may do its work in another way; of a
 * block that it was in, what runs in it must be the same for the branches and items that there are.
 */
export function incompatibilities(
  events: readonly HistoryEvent[],
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
): readonly string[] {
  const [known, next] = [statesOf(before), statesOf(after)];
  const left = namesIn(events, 'StateExited');
  const entered = namesIn(events, 'StateEntered');
  const reasons = [...entered].flatMap((name) => {
    const [one, other] = [known.get(name), next.get(name)];
    if (one === undefined) return [];
    if (other === undefined) return [`"${name}" is not there any more`];
    return reasonOf(name, { one, other, isLeft: left.has(name) });
  });
  const begins = before['StartAt'] === after['StartAt'] ? [] : [`it begins with "${after['StartAt']}"`];
  return [...begins, ...reasons];
}

function namesIn(events: readonly HistoryEvent[], ending: string): ReadonlySet<string> {
  const own = events.filter(({ type }) => type.endsWith(ending));
  return new Set(own.map(({ details }) => String(details['name'])));
}

interface Pair {
  readonly one: MachineState;
  readonly other: MachineState;
  readonly isLeft: boolean;
}

function reasonOf(name: string, { one, other, isLeft }: Pair): readonly string[] {
  if (one.inside !== other.inside) return [`"${name}" stands in another place`];
  if (isLeft) return same(one.whole, other.whole) ? [] : [`"${name}" has been done, and is another now`];
  if (one.own['Type'] !== other.own['Type'])
    return [`"${name}" was ${one.own['Type']}, and is ${other.own['Type']}`];
  const isBlock = one.own['Type'] === 'Parallel' || one.own['Type'] === 'Map';
  if (!isBlock || same(fixed(one), fixed(other))) return [];
  return [`"${name}" has begun, and runs other branches or items now`];
}

/** What has been decided of a block that has begun. */
function fixed({ own, whole }: MachineState): JsonObject {
  const kept = Object.entries(own).filter(([field]) => !FREE_OF_BLOCKS.includes(field));
  const branches = whole['Branches'];
  return { ...Object.fromEntries(kept), branches: Array.isArray(branches) ? branches.length : 0 };
}

function same(one: JsonObject, other: JsonObject): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Without comments, which say nothing to the engine. */
function sorted({ Comment: _comment, ...state }: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(state).sort(([one], [other]) => (one < other ? -1 : 1)));
}
