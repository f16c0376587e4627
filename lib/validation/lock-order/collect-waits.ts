import type { Step, WorkflowStep } from '#definition/model.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { unitsHeldBy } from '../held-units.ts';
import { Order } from '../order.ts';
import type { SourcedWorkflow } from '../sourced-workflow.ts';
import { type StepList, type StepNode, stepTree } from '../step-tree.ts';
import type { Fork, Held, Wait } from './wait.ts';

/** A part of a workflow that is being gone over, and what is around it. */
interface Here {
  readonly sourced: SourcedWorkflow;
  readonly order: Order;
  readonly held: readonly Held[];
  readonly forks: readonly Fork[];
  /** Names one run of what is around. */
  readonly id: string;
  /** The workflows that have called each other to get here. */
  readonly callers: readonly SourcedWorkflow[];
}

/** So many steps are looked at, those of called workflows once for each call: a project can be made to have a million. */
const MOST_STEPS = 100_000;
/** A workflow that calls itself while it holds something shows all that it can wait for the second time. */
const MOST_RUNS_OF_ONE = 2;

/** Finds what executions of the workflows of a project wait for while they hold something. */
export class WaitCollector {
  readonly #workflows: ReadonlyMap<string, readonly SourcedWorkflow[]>;
  readonly #waits: Wait[] = [];
  readonly #trees = new Map<SourcedWorkflow, StepList>();
  #left = MOST_STEPS;

  constructor(workflows: readonly SourcedWorkflow[]) {
    this.#workflows = Map.groupBy(workflows, ({ workflow }) => workflow.name);
  }

  /** What all of them wait for, each started by itself. */
  collect(): readonly Wait[] {
    for (const versions of this.#workflows.values()) for (const each of versions) this.#root(each);
    return this.#waits;
  }

  #root(sourced: SourcedWorkflow): void {
    const { name, version } = sourced.workflow;
    this.#workflow({
      ...{ sourced, order: new Order(), held: [], forks: [] },
      ...{ id: `${name} ${version}`, callers: [sourced] },
    });
  }

  #workflow(here: Here): void {
    const { concurrency } = here.sourced.workflow;
    const inGroup = concurrency === undefined || isExpression(concurrency.group) ? here : this.#enter(here);
    this.#list(this.#treeOf(here.sourced), inGroup);
  }

  /** A group that is full lets nobody wait but where it queues. */
  #enter(here: Here): Here {
    const { concurrency } = here.sourced.workflow;
    if (concurrency === undefined) return here;
    const pool = groupPool(concurrency.group);
    const place = { ...here.sourced, taker: 'the start', path: ['concurrency'] };
    if (concurrency.overflow === 'queue') this.#wait({ pool, units: 1, place, givesUp: false }, here);
    return { ...here, held: [...here.held, { pool, units: 1, place, depth: here.forks.length }] };
  }

  #treeOf(sourced: SourcedWorkflow): StepList {
    const tree = this.#trees.get(sourced) ?? stepTree(sourced.workflow.steps);
    this.#trees.set(sourced, tree);
    return tree;
  }

  #list(list: StepList, here: Here): void {
    for (const node of list.nodes) {
      if (this.#left-- <= 0) return;
      this.#step(node, list.isSequence ? here : forked(here, sideFork(node, here)));
    }
  }

  #step(node: StepNode, around: Here): void {
    const here = { ...around, held: this.#take(node, around), id: `${around.id} ${node.step.id}` };
    for (const [index, list] of node.lists.entries()) {
      const inner = { ...here, id: `${here.id} ${index}` };
      // What is held is given back before a failure is handled.
      if (list.kind === 'catch') this.#list(list, { ...inner, held: around.held });
      else this.#list(list, forked(inner, forkOf(list, index, { step: node.step, id: here.id })));
    }
    if (node.step.kind === 'workflow' && node.step.await && here.held.length > 0) this.#call(node.step, here);
  }

  /** Pools are taken one after the other, by name. */
  #take({ step, path }: StepNode, here: Here): readonly Held[] {
    const taken = unitsHeldBy(step);
    if (taken === undefined) return here.held;
    const givesUp = step.kind === 'lock' && step.timeoutMs !== undefined;
    const held = [...here.held];
    for (const pool of Object.keys(taken.pools).sort()) {
      const count = taken.pools[pool];
      // How many an expression gives is not known: it is one, at least.
      const units = typeof count === 'number' ? count : 1;
      const place = { ...here.sourced, taker: `"${step.id}"`, path: [...path, ...taken.where, pool] };
      this.#wait({ pool, units, place, givesUp }, { ...here, held: [...held] });
      held.push({ pool, units, place, depth: here.forks.length });
    }
    return held;
  }

  #wait(wait: Pick<Wait, 'pool' | 'units' | 'place' | 'givesUp'>, { held, forks }: Here): void {
    if (held.length > 0) this.#waits.push({ ...wait, held, forks });
  }

  /** A workflow that is waited for holds up what its caller holds. */
  #call({ workflow: name, version }: WorkflowStep, here: Here): void {
    const versions = this.#workflows.get(name) ?? [];
    const pinned = highestInRange(
      versions.map(({ workflow }) => workflow.version),
      version,
    );
    const called = versions.find(({ workflow }) => workflow.version === pinned);
    if (called === undefined || here.callers.filter((one) => one === called).length >= MOST_RUNS_OF_ONE)
      return;
    this.#workflow({ ...here, sourced: called, order: new Order(), callers: [...here.callers, called] });
  }
}

/** The pool that a concurrency group is; no pool of a project has a name like it. */
export function groupPool(group: string): string {
  return `group:${group}`;
}

/** Executions of a group whose name is an expression need not be in the same one. */
export function isExpression(group: string): boolean {
  return group.includes('{%');
}

function forked(here: Here, fork: Fork | undefined): Here {
  return fork === undefined ? here : { ...here, forks: [...here.forks, fork] };
}

/** Steps of a list that do not wait for each other run side by side. */
function sideFork(node: StepNode, { id, order }: Here): Fork {
  const { nodes } = node.list;
  return {
    ...{ id: `${id} side by side`, branch: String(node.index), most: Number.POSITIVE_INFINITY },
    isBeside: (index) => {
      const other = nodes.find((one) => String(one.index) === index);
      if (other === undefined || other === node) return false;
      return !order.hasEndedBefore(node, other) && !order.hasEndedBefore(other, node);
    },
  };
}

function forkOf(
  { kind }: StepList,
  index: number,
  { step, id }: { step: Step; id: string },
): Fork | undefined {
  if (kind === 'iteration' && step.kind === 'forEach' && step.maxConcurrency !== 1) {
    const most = step.maxConcurrency ?? Number.POSITIVE_INFINITY;
    return { id, branch: undefined, isBeside: () => true, most };
  }
  if (kind !== 'branch') return undefined;
  const branch = String(index);
  return { id, branch, isBeside: (other) => other !== branch, most: Number.POSITIVE_INFINITY };
}
