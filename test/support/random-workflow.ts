import fc from 'fast-check';
import { ancestorsOf, graphOf } from '#compiler/graph.ts';
import { INLINE_CONCURRENCY } from '#definition/map-mode.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { nestedLists } from '#definition/nested-lists.ts';
import type { Need, Outcome } from '#definition/step-parts.ts';

/** A step as it is drawn, before it has an id and knows the steps around it. */
interface Draft {
  readonly kind: 'command' | 'failing' | 'set' | 'choose' | 'parallel' | 'forEach' | 'lock' | 'while';
  readonly condition: boolean | undefined;
  readonly needs: readonly { readonly pick: number; readonly outcome: Outcome }[];
  readonly caught: 'not' | 'continue' | 'handled';
  readonly lists: readonly DraftList[];
  /** Whether its time is limited; nobody's is ever up. Of a forEach: whether its iterations are executions of their own. */
  readonly isTimed: boolean;
}

interface DraftList {
  /** Whether the steps say what they need. */
  readonly ordered: boolean;
  readonly steps: readonly Draft[];
}

type Drafts = { list: DraftList; step: Draft; leaf: Draft; block: Draft };

const { list: anyList } = fc.letrec<Drafts>((tie) => ({
  list: fc.record({
    ordered: fc.boolean(),
    steps: fc.array(tie('step'), { minLength: 1, maxLength: 4 }),
  }),
  step: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('block')),
  leaf: draft(fc.constantFrom('command', 'command', 'command', 'failing', 'set'), fc.constant([])),
  block: draft(
    fc.constantFrom('choose', 'parallel', 'forEach', 'lock', 'while'),
    fc.array(tie('list'), { minLength: 1, maxLength: 2 }),
  ),
}));

function draft(
  kind: fc.Arbitrary<Draft['kind']>,
  lists: fc.Arbitrary<readonly DraftList[]>,
): fc.Arbitrary<Draft> {
  const outcome = fc.constantFrom<Outcome>('succeeded', 'succeeded', 'failed', 'skipped', 'done');
  return fc.record({
    kind,
    lists,
    isTimed: fc.boolean(),
    condition: fc.constantFrom(undefined, undefined, undefined, true, false),
    caught: fc.constantFrom('not', 'not', 'continue', 'handled'),
    needs: fc.array(fc.record({ pick: fc.nat(), outcome }), { maxLength: 2 }),
  });
}

/**
 * Workflows with any nesting of lists. Each command gets, as `with.seen`, the values of all steps that are visible to it
 * (`with.names`), `'none'` for those without one; the command `fail` is meant to fail.
 */
export const anyWorkflow: fc.Arbitrary<Workflow> = anyList.map((list) => ({
  name: 'any',
  version: '1.0.0',
  description: undefined,
  inputSchema: undefined,
  timeoutMs: undefined,
  concurrency: undefined,
  steps: withSight(numbered(list, { next: 0 }), []),
  output: undefined,
}));

/** How often a loop of these workflows runs: its condition, which is always true or never, does not end it. */
export const LOOPS = 2;

/** Ids in the order of the document, counted by `counter`. */
function numbered({ ordered, steps }: DraftList, counter: { next: number }): Step[] {
  const ids: string[] = [];
  return steps.map((step) => {
    const id = `s${counter.next++}`;
    const needs = ordered ? needsOf(step, ids) : undefined;
    ids.push(id);
    return stepOf(step, { id, title: undefined, at: '', if: conditionOf(step.condition), needs }, counter);
  });
}

function needsOf(step: Draft, earlier: readonly string[]): Need[] {
  return step.needs.flatMap(({ pick, outcome }) => {
    const needed = earlier[pick % earlier.length];
    return needed === undefined ? [] : [{ step: needed, outcome }];
  });
}

function conditionOf(condition: boolean | undefined): string | undefined {
  return condition === undefined ? undefined : String(condition);
}

type Base = Pick<Step, 'id' | 'title' | 'at' | 'if' | 'needs'>;

function stepOf(step: Draft, base: Base, counter: { next: number }): Step {
  const lists = step.lists.map((list) => numbered(list, counter));
  const timeoutMs = step.isTimed ? 60_000 : undefined;
  const fallible = { retry: undefined, catch: catchOf(step, counter), uses: undefined, output: undefined };
  switch (step.kind) {
    case 'command':
      return { ...base, ...fallible, ...command('read') };
    case 'failing':
      return { ...base, ...fallible, ...command('fail') };
    case 'set':
      return { ...base, kind: 'set', values: { by: base.id } };
    case 'lock': {
      const [steps = []] = lists;
      const line = { timeoutMs: undefined, priority: undefined, key: undefined };
      return { ...base, ...fallible, ...line, kind: 'lock', pools: { p: 1 }, steps };
    }
    case 'while': {
      const [steps = []] = lists;
      const condition = String(step.needs.length > 0);
      return { ...base, ...fallible, kind: 'while', timeoutMs, condition, maxIterations: LOOPS, steps };
    }
    case 'choose': {
      const [first = [], second] = lists;
      const branch = { if: conditionOf(step.needs.length > 0), steps: first };
      return {
        ...base,
        kind: 'choose',
        branches: second === undefined ? [branch] : [branch, { if: undefined, steps: second }],
      };
    }
    case 'parallel':
      return {
        ...base,
        ...fallible,
        kind: 'parallel',
        timeoutMs,
        branches: Object.fromEntries(lists.map((list, index) => [`b${index}`, list])),
      };
    case 'forEach': {
      const [steps = []] = lists;
      const each = {
        items: '[1, 2]',
        as: 'item',
        maxConcurrency: step.isTimed ? INLINE_CONCURRENCY + 1 : undefined,
        tolerate: undefined,
        watch: undefined,
        steps,
      };
      return {
        ...base,
        ...fallible,
        kind: 'forEach',
        timeoutMs: undefined,
        ...each,
        onExceeded: 'rollback',
        waves: undefined,
        claim: undefined,
        window: undefined,
        rate: undefined,
        watch: undefined,
      };
    }
  }
}

function catchOf(step: Draft, counter: { next: number }) {
  if (step.caught === 'not') return undefined;
  const handler: Draft = {
    kind: 'command',
    condition: undefined,
    needs: [],
    caught: 'not',
    lists: [],
    isTimed: false,
  };
  const steps = step.caught === 'continue' ? [] : numbered({ ordered: false, steps: [handler] }, counter);
  return [{ on: undefined, steps }];
}

function command(name: string) {
  return {
    kind: 'command',
    command: name,
    device: 'x',
    on: undefined,
    with: {},
    timeoutMs: 1_000,
    expiresMs: 0,
    priority: 500,
    await: 'response',
    cache: undefined,
    expect: undefined,
    compensate: undefined,
    verify: undefined,
    isPivot: false,
  } as const;
}

/** The same steps, with each command told what it can see. */
function withSight(steps: readonly Step[], around: readonly string[]): Step[] {
  const ancestors = ancestorsOf(graphOf(steps));
  return steps.map((step) => {
    const before = steps.filter(({ id }) => ancestors.get(step.id)?.has(id));
    return seeing(step, [...around, ...before.flatMap(visibleAfter)]);
  });
}

/** The step and those inside it that can be seen once it has ended. */
function visibleAfter(step: Step): readonly string[] {
  const lists = nestedLists(step).filter(({ kind }) => kind !== 'iteration' && kind !== 'loop');
  return [step.id, ...lists.flatMap((list) => list.steps.flatMap(visibleAfter))];
}

function seeing(step: Step, names: readonly string[]): Step {
  const inner = (steps: readonly Step[]): Step[] => withSight(steps, names);
  const handled =
    'catch' in step ? step.catch?.map((clause) => ({ ...clause, steps: inner(clause.steps) })) : [];
  switch (step.kind) {
    case 'command': {
      const fields = names.map((name) => `'${name}': $exists($${name}) ? $${name} : 'none'`);
      return { ...step, catch: handled, with: { names, seen: `{% { ${fields.join(', ')} } %}` } };
    }
    case 'choose':
      return {
        ...step,
        branches: step.branches.map((branch) => ({ ...branch, steps: inner(branch.steps) })),
      };
    case 'parallel': {
      const branches = Object.entries(step.branches).map(([name, list]) => [name, inner(list)] as const);
      return { ...step, catch: handled, branches: Object.fromEntries(branches) };
    }
    case 'forEach':
    case 'lock':
    case 'while':
      return { ...step, catch: handled, steps: inner(step.steps) };
    default:
      return step;
  }
}
