import * as z from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { Catalogue } from './command.ts';
import type { Concurrency, Step, Workflow } from './model.ts';
import { durationMs, readRetry } from './read-retry.ts';
import { StepReader } from './read-steps.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { type ConcurrencySchema, workflowSchema } from './workflow.ts';

/** What reading a file gives: as much of the workflow as has the right shape, and all that has not. */
export interface ReadWorkflow {
  /** Undefined when not even the outermost level has its shape. Steps that do not are left out. */
  readonly workflow: Workflow | undefined;
  /** As much of the workflow as can be told, so that further mistakes are found; never to be run. */
  readonly draft: Workflow;
  readonly diagnostics: readonly Diagnostic[];
  /** Every id that a step of the file has, also of those that were left out. */
  readonly ids: ReadonlySet<string>;
}

const OuterSchema = workflowSchema(z.array(z.json()).min(1, 'a workflow has at least one step'));

/** Reads a workflow from its parsed text, filling in defaults: the workflow's own, then those of the catalogue. */
export function readWorkflow(source: Source, catalogue?: Catalogue): ReadWorkflow {
  if (source.value === undefined)
    return { workflow: undefined, draft: draftOf({}, []), diagnostics: source.diagnostics, ids: new Set() };
  const outer = checkShape(OuterSchema, source.value, { source, path: [] });
  const raw = isJsonObject(source.value) ? source.value : {};
  const defaults = outer.ok ? outer.value.defaults : undefined;
  const reader = new StepReader(source, {
    timeoutMs: durationMs(defaults?.timeout),
    catalogued: (command) => catalogue?.get(command),
    retry: defaults?.retry === undefined ? undefined : readRetry(defaults.retry),
  });
  const steps = reader.readList(Array.isArray(raw['steps']) ? raw['steps'] : [], ['steps']);
  const { diagnostics, ids } = reader;
  if (!outer.ok) {
    const all = [...outer.diagnostics, ...diagnostics];
    return { workflow: undefined, draft: draftOf(raw, steps), diagnostics: all, ids };
  }
  const { name, version, description, input, timeout, concurrency, output } = outer.value;
  const workflow = {
    ...{ name, version, description, inputSchema: input, steps, output },
    timeoutMs: durationMs(timeout),
    concurrency: concurrency && readConcurrency(name, concurrency),
  };
  return { workflow, draft: workflow, diagnostics, ids };
}

function readConcurrency(
  name: string,
  { group = name, max = 1, overflow = 'queue' }: z.infer<typeof ConcurrencySchema>,
): Concurrency {
  return { group, max, overflow };
}

/** The workflow of a document whose outermost level may be wrong. */
function draftOf(raw: JsonObject, steps: readonly Step[]): Workflow {
  const { input, output } = raw;
  return {
    name: typeof raw['name'] === 'string' ? raw['name'] : '',
    version: typeof raw['version'] === 'string' ? raw['version'] : '0.0.0',
    description: undefined,
    inputSchema: isJsonObject(input) ? input : undefined,
    timeoutMs: undefined,
    concurrency: undefined,
    steps,
    output,
  };
}
