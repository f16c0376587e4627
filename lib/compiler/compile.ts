import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { undoId } from '#definition/pin-versions.ts';
import { delimit } from '#expression/delimiters.ts';
import { compiledSteps } from './compiled-steps.ts';
import type { CompiledWorkflow } from './compiled-workflow.ts';
import { idealDurations } from './durations.ts';
import { emitConcurrency } from './emit/concurrency.ts';
import { poolsOf } from './emit/held.ts';
import { emitList } from './emit-list.ts';
import { boundTemplate, type Emitter, type Emitting } from './emitting.ts';
import { hasOutput } from './endings.ts';
import { type Layout, layOut } from './layout.ts';
import { ROOT } from './place.ts';
import { createReferences } from './references.ts';
import { bodyOf, defined, type NamedState } from './states.ts';
import { objectText } from './text.ts';
import { settersIn } from './visible-sets.ts';

/** Name of the state that ends a workflow well. Ids have no spaces, so no step takes it. */
export const LAST_STATE = 'workflow output';

/** What a workflow is compiled with besides itself. */
export interface CompileOptions {
  /** By the id of each `workflow` step: the version that it runs. */
  readonly versions?: ReadonlyMap<string, string>;
  /** By the id of each `decide` step: the version that decides. */
  readonly decisions?: ReadonlyMap<string, string>;
  /** By the id of each `decide` step: that version itself, where it is known. A small table becomes a Choice state. */
  readonly decisionFiles?: ReadonlyMap<string, DecisionFile>;
  /** Units of the pools of the project, by name. */
  readonly pools?: ReadonlyMap<string, number>;
  /** By the id of each step: how long it was measured to take, in ms. Where it decides, the order is better for it. */
  readonly profile?: ReadonlyMap<string, number>;
}

const NONE: ReadonlyMap<string, string> = new Map();
const NO_FILES: ReadonlyMap<string, DecisionFile> = new Map();

/**
 * Compiles a workflow that validation has found without errors. The result depends on the workflow alone: the same
 * workflow gives the same text, and a change of one step leaves the states of steps that have nothing to do with it.
 */
export function compileWorkflow(
  workflow: Workflow,
  { versions = NONE, decisions = NONE, decisionFiles = NO_FILES, pools, profile }: CompileOptions = {},
): CompiledWorkflow {
  const layout = layOutMeasured(workflow.steps, profile);
  const inlined = new Set<string>();
  const definition = definitionOf(workflow, layout, { versions, decisions, decisionFiles, inlined });
  return {
    name: workflow.name,
    version: workflow.version,
    ...(workflow.description === undefined ? {} : { description: workflow.description }),
    ...(workflow.inputSchema === undefined ? {} : { inputSchema: workflow.inputSchema }),
    definition,
    steps: compiledSteps(workflow.steps, inlined),
    ...poolsOfWorkflow(workflow, pools),
  };
}

/** The pools that a workflow takes units of, as far as the project says how many there are. */
function poolsOfWorkflow(
  { steps }: Workflow,
  known: CompileOptions['pools'],
): Pick<CompiledWorkflow, 'pools'> {
  const names = [...allSteps(steps)].flatMap((step) => Object.keys(poolsOf(step) ?? {}));
  const used = [...new Set(names)].sort().flatMap((name) => {
    const units = known?.get(name);
    return units === undefined ? [] : [[name, units] as const];
  });
  return used.length === 0 ? {} : { pools: Object.fromEntries(used) };
}

/** How the lists of a workflow are arranged: by measured times, where there are any; else each step counts the same. */
export function layOutMeasured(steps: readonly Step[], profile: CompileOptions['profile']): Layout {
  if (profile === undefined) return layOut(steps);
  const durations = idealDurations(steps, { profile, counts: new Map() });
  return layOut(steps, (id) => Math.max(1, durations.get(id) ?? 0));
}

/** What steps call, by their ids; those whose decisions become Choice states are noted. */
interface Called
  extends Required<Pick<CompileOptions, 'versions' | 'decisions' | 'decisionFiles'>>,
    Pick<Emitter, 'inlined'> {}

function definitionOf(workflow: Workflow, layout: Layout, called: Called): JsonObject {
  const { versions, decisions, decisionFiles, inlined } = called;
  const emitter: Emitter = {
    ...{ workflow: workflow.name, layout, references: createReferences(layout.scopes), emitList, inlined },
    versionOf: ({ id }) => versions.get(id) ?? unpinned(id),
    undoVersionOf: (step) => versions.get(undoId(step)) ?? unpinned(undoId(step)),
    decisionVersionOf: ({ id }) => decisions.get(id) ?? unpinned(id),
    decisionOf: ({ id }) => decisionFiles.get(id),
  };
  const at = atRoot(workflow, emitter);
  const last: NamedState = [LAST_STATE, { Type: 'Pass', Output: at.scopeEnd.output, End: true }];
  const { start, states } = emitConcurrency(workflow.concurrency, at, emitList(workflow.steps, at));
  return {
    ...defined({ Comment: workflow.description }),
    QueryLanguage: 'JSONata',
    ...defined({ TimeoutSeconds: workflow.timeoutMs && Math.ceil(workflow.timeoutMs / 1_000) }),
    ...bodyOf({ start, states: [...states, last] }),
  };
}

function unpinned(id: string): never {
  throw new Error(`no version is given for the workflow or decision that "${id}" calls`);
}

function atRoot(workflow: Workflow, emitter: Emitter): Emitting {
  const exit = { kind: 'next', state: LAST_STATE } as const;
  const scopeEnd = { output: null as Json, outputWith: (value: Json) => value };
  const at = {
    emitter,
    exit,
    scopeEnd,
    handled: exit,
    held: false,
    place: { ...ROOT, sets: settersIn(workflow.steps) },
  };
  const output =
    workflow.output === undefined ? allOutputs(workflow, emitter) : boundTemplate(workflow.output, at);
  return { ...at, place: ROOT, scopeEnd: { ...scopeEnd, output } };
}

/** An object of the outputs of a workflow's steps; steps that have not run are left out of it. */
function allOutputs(workflow: Workflow, { references }: Emitter): string {
  const fields = workflow.steps.filter(hasOutput).map(({ id }) => [id, references.read(id, ROOT.scope)]);
  return delimit(objectText(Object.fromEntries(fields)));
}
