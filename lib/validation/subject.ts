import type { Catalogue } from '#definition/command.ts';
import type { Workflow } from '#definition/model.ts';
import type { Project } from '#definition/project.ts';
import type { Source } from '#definition/source.ts';
import { Order } from './order.ts';
import { nodesOf, type StepList, type StepNode, stepTree } from './step-tree.ts';

/** A workflow under validation, and what rules ask about it. */
export interface Subject {
  readonly source: Source;
  readonly workflow: Workflow;
  readonly project: Project;
  readonly catalogue: Catalogue;
  /** Every id of the file, also of steps that have not their shape and are therefore not in the tree. */
  readonly ids: ReadonlySet<string>;
  readonly tree: StepList;
  /** The steps by id; of several with one id, the first. */
  readonly steps: ReadonlyMap<string, StepNode>;
  /** The steps that set variables. */
  readonly setters: readonly StepNode[];
  readonly order: Order;
}

/** Makes a workflow ready for the rules. */
export function subjectOf(
  workflow: Workflow,
  { source, ids, project }: Pick<Subject, 'source' | 'ids' | 'project'>,
): Subject {
  const tree = stepTree(workflow.steps);
  const steps = new Map<string, StepNode>();
  for (const node of nodesOf(tree)) if (!steps.has(node.step.id)) steps.set(node.step.id, node);
  const setters = [...nodesOf(tree)].filter(({ step }) => step.kind === 'set');
  const { catalogue } = project;
  return { source, workflow, project, catalogue, ids, tree, steps, setters, order: new Order() };
}
