import type { Diagnostic } from '#core/diagnostic.ts';
import type { Project } from '#definition/project.ts';
import { Report, type Violation } from '../report.ts';
import type { SourcedWorkflow } from '../sourced-workflow.ts';
import { groupPool, isExpression, WaitCollector } from './collect-waits.ts';
import { findStandstills } from './find-standstills.ts';
import type { Standstill } from './standstill.ts';
import type { Held, TakingPlace, Wait } from './wait.ts';

/** The workflows of a project whose locks are looked at together. */
export interface LockedWorkflows {
  readonly project: Pick<Project, 'pools'>;
  /** Those that are told of. */
  readonly asked: readonly SourcedWorkflow[];
  /** Those besides. */
  readonly others: readonly SourcedWorkflow[];
}

/**
 * Where executions of the workflows of a project may wait for each other for ever: each holds units of a pool, and waits for
 * what another holds. Where the pools of a project are not known, nothing is said.
 */
export function checkLockOrder({ project, asked, others }: LockedWorkflows): readonly Diagnostic[] {
  if (project.pools === undefined) return [];
  const all = [...asked, ...others];
  const waits = new WaitCollector(all).collect();
  if (waits.length === 0) return [];
  const limits = new Map([...project.pools, ...groupsOf(all)]);
  return findStandstills(waits, limits).flatMap((standstill) => diagnose(standstill, asked));
}

/** Concurrency groups are pools; of two that say differently how many may run, the newest execution decides. */
function groupsOf(workflows: readonly SourcedWorkflow[]): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { workflow } of workflows) {
    const { concurrency } = workflow;
    if (concurrency === undefined || isExpression(concurrency.group)) continue;
    const pool = groupPool(concurrency.group);
    limits.set(pool, Math.max(concurrency.max, limits.get(pool) ?? 0));
  }
  return limits;
}

/** At the first of its places that is in a file that was asked for. */
function diagnose(standstill: Standstill, asked: readonly SourcedWorkflow[]): readonly Diagnostic[] {
  const places = standstill.waits.flatMap(({ place, held }) => [place, ...held.map((one) => one.place)]);
  const place = places.find(({ source }) => asked.some((one) => one.source === source));
  if (place === undefined) return [];
  const report = new Report(place.source);
  const alone = aloneIn(standstill);
  report.at(place.path, alone === undefined ? possible(standstill) : certain(alone));
  return report.diagnostics;
}

/** A wait that nobody else is needed for. */
function aloneIn({ waits, counts }: Standstill): Wait | undefined {
  return waits.length === 1 && counts[0] === 1 ? waits[0] : undefined;
}

function certain({ pool, held }: Wait): Violation {
  const taken = held.filter((one) => one.pool === pool);
  const from = [...new Set(taken.map(({ place }) => placeWords(place)))].join(' and ');
  return {
    code: 'SW1531',
    message: `${nameOf(pool)} is waited for by an execution that holds it itself, since ${from}`,
    hint: isGroup(pool)
      ? 'the called workflow waits for its caller: call it with "await: false", or give it a group of its own'
      : 'what is held is given back only after what waits: take all units at once, where they are taken first',
  };
}

function possible({ waits, counts, isWithinOne }: Standstill): Violation {
  const words = waits.map((wait, index) => {
    const many = counts[index] ?? 1;
    const held = wait.held.find((one) => waits.some(({ pool }) => pool === one.pool));
    return `${many > 1 ? `${many} times ` : ''}${waitWords(wait, held)}`;
  });
  const where = isWithinOne ? ' within one execution' : '';
  const pools = [...new Set(waits.map(({ pool }) => nameOf(pool)))].sort().join(' and ');
  return {
    code: 'SW1532',
    message: `a deadlock is possible${where}: ${words.join('; ')}`,
    hint:
      waits.length === 1
        ? `take all units of ${pools} at once, or give the inner lock a timeout`
        : `take ${pools} in one lock, in the same order everywhere, or inside a lock of a pool with one unit`,
  };
}

function waitWords({ pool, place }: Wait, held: Held | undefined): string {
  const holds = held === undefined ? '' : `, holding ${nameOf(held.pool)} since ${placeWords(held.place)}`;
  return `${placeWords(place)} waits for ${nameOf(pool)}${holds}`;
}

function placeWords({ source, workflow, taker, path }: TakingPlace): string {
  return `${taker} of ${workflow.name} (${source.file}:${source.locate(path).line})`;
}

function nameOf(pool: string): string {
  return isGroup(pool) ? `a place in the group "${pool.slice(groupPool('').length)}"` : `"${pool}"`;
}

function isGroup(pool: string): boolean {
  return pool.startsWith(groupPool(''));
}
