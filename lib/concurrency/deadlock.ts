import type { Table } from '#table/table.ts';
import { findHold, type Hold, readTaskId } from './hold.ts';
import { isTurnOfTheOldest, type Place, USUAL_PRIORITY } from './line.ts';
import { getPool } from './pool.ts';
import { followWaits, type WaitedPool, type WaitForGraph } from './wait-for.ts';

/** Tasks that wait for each other for ever. */
export interface Deadlock {
  readonly waits: readonly Hold[];
  /** The one to be given up: that of the least priority, then the youngest. */
  readonly victim: Hold;
  /** Who waits for whom, in words. */
  readonly cause: string;
}

/**
 * Whether somebody who stands in line waits for ever, as units that they need are given back only when they have gone on
 * themselves. What is read is read again where it has changed meanwhile, so that nobody is given up for what never was.
 */
export async function findDeadlock(table: Table, hold: Hold): Promise<Deadlock | undefined> {
  for (;;) {
    const graph = await followWaits(table, hold);
    if (graph === undefined) return undefined;
    const stuck = stuckIn(graph);
    if (!stuck.has(hold.id)) return undefined;
    if (await isAsRead(table, graph)) return deadlockOf(table, { graph, stuck }, hold.id);
  }
}

async function isAsRead(table: Table, { pools }: WaitForGraph): Promise<boolean> {
  for (const { pool } of pools.values()) {
    if ((await getPool(table, pool.name)).revision !== pool.revision) return false;
  }
  return true;
}

/** A line as it will be served. */
interface Serving {
  readonly pool: string;
  line: readonly Place[];
  turns: number;
}

/** Those in line that are never served: not when all who can go on do so, and give back what they hold. */
function stuckIn(graph: WaitForGraph): ReadonlySet<string> {
  const stuck = new Set([...graph.pools.values()].flatMap(({ line }) => line.map(({ holder }) => holder)));
  const servings = [...graph.pools].map(
    ([name, { line, pool }]): Serving => ({ pool: name, line, turns: pool.turns }),
  );
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const serving of servings) serve(graph, serving, stuck);
  }
  return stuck;
}

/** Serves a line as far as it goes: who is served gives back later what they were granted. */
function serve(graph: WaitForGraph, serving: Serving, stuck: Set<string>): void {
  const waited = graph.pools.get(serving.pool);
  if (waited === undefined) return;
  for (;;) {
    const next = nextOf(serving);
    if (next === undefined || next.units > freeIn(graph, waited, stuck)) return;
    serving.line = serving.line.filter((place) => place !== next);
    serving.turns++;
    stuck.delete(next.holder);
  }
}

function nextOf({ line, turns }: Pick<Serving, 'line' | 'turns'>): Place | undefined {
  if (!isTurnOfTheOldest(turns)) return line[0];
  return line.toSorted((one, other) => one.ticket - other.ticket)[0];
}

/** Units that are free once everybody has given back who can go on. */
function freeIn(graph: WaitForGraph, { pool, leases }: WaitedPool, stuck: ReadonlySet<string>): number {
  const kept = leases.filter(({ holder }) => isKept(graph, holder, stuck));
  return pool.limit - kept.reduce((sum, { units }) => sum + units, 0);
}

function isKept({ inside }: WaitForGraph, holder: string, stuck: ReadonlySet<string>): boolean {
  return (inside.get(holder) ?? []).some((id) => stuck.has(id));
}

/** One waits for another: who is inside of a holder of what it waits for, or has its turn before it. */
interface Edge {
  readonly to: string;
  readonly pool: string;
  /** The holder; undefined for who only stands before. */
  readonly holder: string | undefined;
}

interface Standing {
  readonly graph: WaitForGraph;
  readonly stuck: ReadonlySet<string>;
}

async function deadlockOf(
  table: Table,
  { graph, stuck }: Standing,
  id: string,
): Promise<Deadlock | undefined> {
  const edges = edgesOf(graph, stuck);
  // Who got in line last is mostly part of it; else it stands behind one.
  const start = [id, ...reachedFrom(id, edges)].find((each) => reachedFrom(each, edges).has(each));
  if (start === undefined) return undefined;
  const ids = [...reachedFrom(start, edges)].filter((each) => reachedFrom(each, edges).has(start));
  const waits = (await Promise.all(ids.map((each) => findHold(table, each)))).filter(
    (one) => one !== undefined,
  );
  const [victim] = waits.toSorted(byUnimportance);
  return victim === undefined ? undefined : { waits, victim, cause: wordsOf(victim.id, edges) };
}

function byUnimportance(one: Hold, other: Hold): number {
  const byPriority = (one.priority ?? USUAL_PRIORITY) - (other.priority ?? USUAL_PRIORITY);
  return byPriority || other.since - one.since || (one.id < other.id ? 1 : -1);
}

function edgesOf(graph: WaitForGraph, stuck: ReadonlySet<string>): ReadonlyMap<string, readonly Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const [
    pool,
    {
      leases,
      line,
      pool: { turns },
    },
  ] of graph.pools) {
    const held = leases.flatMap(({ holder }) =>
      (graph.inside.get(holder) ?? []).map((to): Edge => ({ to, pool, holder })),
    );
    const next = nextOf({ line: line.filter(({ holder }) => stuck.has(holder)), turns });
    const ahead: Edge[] = next === undefined ? [] : [{ to: next.holder, pool, holder: undefined }];
    for (const { holder: from } of line) {
      const all = [...held, ...ahead.filter(({ to }) => to !== from)];
      edges.set(
        from,
        all.filter(({ to }) => stuck.has(to)),
      );
    }
  }
  return edges;
}

function reachedFrom(id: string, edges: ReadonlyMap<string, readonly Edge[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { to } of edges.get(at) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}

/** The shortest way from one back to itself, in words. */
function wordsOf(id: string, edges: ReadonlyMap<string, readonly Edge[]>): string {
  const ways: { readonly at: string; readonly words: readonly string[] }[] = [{ at: id, words: [] }];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const edge of edges.get(way.at) ?? []) {
      const words = [...way.words, edgeWords(way.at, edge)];
      if (edge.to === id) return `a deadlock: ${words.join('; ')}`;
      if (seen.has(edge.to)) continue;
      seen.add(edge.to);
      ways.push({ at: edge.to, words });
    }
  }
  return 'a deadlock';
}

function edgeWords(from: string, { to, pool, holder }: Edge): string {
  const waits = `${taskWords(from)} waits for "${pool}"`;
  return holder === undefined
    ? `${waits} behind ${taskWords(to)}`
    : `${waits}, which ${taskWords(holder)} holds`;
}

function taskWords(id: string): string {
  const { execution, path } = readTaskId(id);
  return `${path} of ${execution}`;
}
