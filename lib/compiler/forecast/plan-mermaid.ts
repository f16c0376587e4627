import { formatDuration } from '#core/duration.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { type NestedList, nestedLists } from '#definition/nested-lists.ts';
import { graphOf } from '../graph.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** A plan as a Mermaid flowchart: a node for each step, a subgraph for what is inside one, the critical path marked. */
export function planMermaid(workflow: Pick<Workflow, 'steps'>, plan: Plan): string {
  const planned = new Map(plan.steps.map((step) => [step.id, step]));
  return [
    '---',
    `title: ${JSON.stringify(`${plan.workflow} ${plan.version}`)}`,
    '---',
    'flowchart TD',
    ...listLines(workflow.steps, planned).map(indented),
    '  classDef critical stroke:#d9480f,stroke-width:3px',
    `  class ${plan.time.criticalPath.map(nodeOf).join(',')} critical`,
  ].join('\n');
}

type Planned = ReadonlyMap<string, PlannedStep>;

function listLines(steps: readonly Step[], planned: Planned): string[] {
  const nodes = steps.flatMap((step) => stepLines(step, planned));
  const { predecessors } = graphOf(steps);
  const edges = steps.flatMap((step) =>
    (predecessors.get(step.id) ?? []).map(
      (before) => `${nodeOf(before)} ${arrow(step, before)} ${nodeOf(step.id)}`,
    ),
  );
  return [...nodes, ...edges];
}

/** What a step needs of another is told where it is not that it succeeds. */
function arrow({ needs = [] }: Step, before: string): string {
  const outcomes = needs.filter(({ step }) => step === before).map(({ outcome }) => outcome);
  const told = outcomes.filter((outcome) => outcome !== 'succeeded');
  return told.length === 0 ? '-->' : `-->|${told.join(', ')}|`;
}

function stepLines(step: Step, planned: Planned): string[] {
  const lists = nestedLists(step);
  const inside = lists.filter(({ kind }) => kind !== 'catch');
  const caught = lists.filter(({ kind, steps }) => kind === 'catch' && steps.length > 0);
  const facts = factsOf(step, planned.get(step.id));
  const own = inside.some(({ steps }) => steps.length > 0)
    ? subgraph(nodeOf(step.id), quoted(`${step.id}: ${facts}`), blockLines(step, inside, planned))
    : [`${nodeOf(step.id)}[${quoted(`${step.id}<br/>${facts}`)}]`];
  const handlers = caught.flatMap(({ steps }, index) => {
    const handler = `${nodeOf(step.id)}__catch${index + 1}`;
    const lines = subgraph(handler, quoted(`when ${step.id} fails`), listLines(steps, planned));
    return [...lines, `${nodeOf(step.id)} -.-> ${handler}`];
  });
  return [...own, ...handlers];
}

function blockLines(step: Step, lists: readonly NestedList[], planned: Planned): string[] {
  const [first, ...others] = lists;
  if (first !== undefined && others.length === 0) return listLines(first.steps, planned);
  return lists.flatMap((list, index) =>
    subgraph(
      `${nodeOf(step.id)}__${index + 1}`,
      quoted(titleOf(step, list, index)),
      listLines(list.steps, planned),
    ),
  );
}

function titleOf(step: Step, { branch, kind }: NestedList, index: number): string {
  const condition = step.kind === 'choose' ? step.branches[index]?.if : undefined;
  if (step.kind === 'choose') return condition === undefined ? 'else' : `if ${condition}`;
  return branch ?? (kind === 'between' ? 'between waves' : 'each item');
}

function factsOf({ kind }: Step, planned: PlannedStep | undefined): string {
  if (planned === undefined) return kind;
  const runs = planned.runs === 1 ? '' : `, ${planned.runs.toLocaleString('en')} times`;
  return `${kind}, ${formatDuration(planned.durationMs)}${runs}`;
}

function subgraph(name: string, label: string, lines: readonly string[]): string[] {
  return [`subgraph ${name}[${label}]`, ...lines.map(indented), 'end'];
}

/** Some ids are words of Mermaid. None has two underscores in a row, which keeps the names of boxes apart. */
function nodeOf(id: string): string {
  return `step_${id}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('"', '#quot;')}"`;
}

function indented(line: string): string {
  return `  ${line}`;
}
