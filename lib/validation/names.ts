import { FUNCTIONS } from '#expression/functions.ts';
import type { Site } from './sites.ts';
import { outwards, type StepList, type StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** What a name of an expression stands for at its place. */
export type Meaning =
  /** It has a value, or none where its step was skipped. */
  | { readonly kind: 'known' }
  /** A step that need not have ended. */
  | { readonly kind: 'unfinished'; readonly node: StepNode }
  /** A step of iterations that the place is not in. */
  | { readonly kind: 'hidden'; readonly iteration: StepNode }
  /** A name that is known at other places only. */
  | { readonly kind: 'misplaced'; readonly where: string }
  /** A step that has not its shape, of which enough is said already. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'unknown' };

const KNOWN: Meaning = { kind: 'known' };

/** Names with a meaning of their own, which no step can take. */
export const RESERVED_NAMES = [
  ...['input', 'execution', 'vars', 'item', 'error', 'result', 'event', 'target', 'with', 'states'],
];

/** Names that are known everywhere. */
const EVERYWHERE: readonly string[] = ['input', 'execution', 'vars'];

/** What a name stands for. */
export function meaningOf(name: string, site: Site, subject: Subject): Meaning {
  if (site.kind === 'start' && name !== 'input' && !FUNCTIONS.has(name)) {
    return misplaced('once an execution has started');
  }
  if (EVERYWHERE.includes(name) || (name === 'states' && site.kind === 'states')) return KNOWN;
  if (RESERVED_NAMES.includes(name) && name !== 'states') return reservedMeaning(name, site);
  if (itemNames(site).includes(name)) return KNOWN;
  const node = subject.steps.get(name);
  if (node !== undefined) return stepMeaning(node, { site, around: repeatedListsAround(site) }, subject);
  if (subject.ids.has(name)) return { kind: 'unread' };
  if (FUNCTIONS.has(name)) return KNOWN;
  const iteration = [...subject.steps.values()].find(
    ({ step }) => step.kind === 'forEach' && step.as === name,
  );
  if (iteration === undefined) return { kind: 'unknown' };
  return { kind: 'misplaced', where: `in the steps of "${iteration.step.id}"` };
}

/** Lists whose steps run more than once. */
const REPEATED: readonly StepList['kind'][] = ['iteration', 'loop', 'between'];

/** The lists around a place whose steps run more than once, the innermost first. */
export function repeatedListsAround({ node }: Pick<Site, 'node'>): StepList[] {
  if (node === undefined) return [];
  return [...outwards(node)].flatMap(({ list }) => (REPEATED.includes(list.kind) ? [list] : []));
}

/** The iterations over items that a place is in, the innermost first. */
export function iterationsAround(site: Pick<Site, 'node'> & Partial<Pick<Site, 'kind'>>): StepNode[] {
  const own = site.kind === 'pace' && site.node !== undefined ? [site.node] : [];
  const around = repeatedListsAround(site).flatMap(({ kind, owner }) =>
    kind === 'iteration' && owner !== undefined ? [owner] : [],
  );
  return [...own, ...around];
}

/** Names that have a value at a place, for suggestions. */
export function* namesAt(site: Site, subject: Subject): Generator<string> {
  yield* EVERYWHERE;
  yield* itemNames(site);
  for (const name of ['item', 'error', 'result', 'event', 'target', 'with']) {
    if (reservedMeaning(name, site).kind === 'known') yield name;
  }
  const place = { site, around: repeatedListsAround(site) };
  for (const [id, node] of subject.steps) if (stepMeaning(node, place, subject).kind === 'known') yield id;
}

function itemNames(site: Site): string[] {
  return iterationsAround(site).flatMap(({ step }) => (step.kind === 'forEach' ? [step.as] : []));
}

function reservedMeaning(name: string, site: Site): Meaning {
  switch (name) {
    case 'item':
      return iterationsAround(site).length > 0 ? KNOWN : misplaced('in the steps of a forEach');
    case 'error':
      return isInCatch(site) ? KNOWN : misplaced('in the steps of a `catch`');
    case 'result':
      return ['result', 'health', 'verification'].includes(site.kind)
        ? KNOWN
        : misplaced('in the `expect` and `output` of a step, and in the `health` between waves');
    case 'event':
      return site.kind === 'event' ? KNOWN : misplaced('in the `where` of a wait for an event');
    case 'with':
      return site.kind === 'compensation' || site.kind === 'verification'
        ? KNOWN
        : misplaced('in the `compensate` of a command');
    default: {
      const isTold =
        ['arguments', 'compensation', 'verification'].includes(site.kind) || isOutputOfCommand(site);
      return isTold
        ? KNOWN
        : misplaced(
            'in the `with` of a command and of its `compensate`, and, with its `id`, in its `output`',
          );
    }
  }
}

function isOutputOfCommand({ kind, node, path }: Site): boolean {
  return kind === 'result' && node?.step.kind === 'command' && path[node.path.length] === 'output';
}

function misplaced(where: string): Meaning {
  return { kind: 'misplaced', where };
}

function isInCatch({ node }: Site): boolean {
  return node !== undefined && [...outwards(node)].some(({ list }) => list.kind === 'catch');
}

interface Place {
  readonly site: Site;
  /** The lists around it whose steps run more than once. */
  readonly around: readonly StepList[];
}

function stepMeaning(node: StepNode, { site, around }: Place, { order }: Subject): Meaning {
  const hiding = repeatedListsAround({ node }).find((each) => !around.includes(each))?.owner;
  if (hiding !== undefined) return { kind: 'hidden', iteration: hiding };
  if (site.kind === 'loop' && site.node === node) return KNOWN;
  if (site.node === undefined || order.hasEndedBefore(node, site.node)) return KNOWN;
  return { kind: 'unfinished', node };
}
