import { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import type { Workflow } from './model.ts';
import { durationMs, readRetry } from './read-retry.ts';
import { StepReader } from './read-steps.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { workflowSchema } from './workflow.ts';

/** What reading a file gives: as much of the workflow as has the right shape, and all that has not. */
export interface ReadWorkflow {
  /** Undefined when not even the outermost level has its shape. Steps that do not are left out. */
  readonly workflow: Workflow | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every id that a step of the file has, also of those that were left out. */
  readonly ids: ReadonlySet<string>;
}

const OuterSchema = workflowSchema(z.array(z.json()).min(1, 'a workflow has at least one step'));

/** Reads a workflow from its parsed text, filling in defaults. */
export function readWorkflow(source: Source): ReadWorkflow {
  if (source.value === undefined)
    return { workflow: undefined, diagnostics: source.diagnostics, ids: new Set() };
  const outer = checkShape(OuterSchema, source.value, { source, path: [] });
  const rawSteps = outer.ok ? outer.value.steps : stepsOf(source.value);
  const defaults = outer.ok ? outer.value.defaults : undefined;
  const reader = new StepReader(source, {
    timeoutMs: durationMs(defaults?.timeout) ?? 60_000,
    retry: defaults?.retry === undefined ? undefined : readRetry(defaults.retry),
  });
  const steps = reader.readList(rawSteps, ['steps']);
  if (!outer.ok)
    return {
      workflow: undefined,
      diagnostics: [...outer.diagnostics, ...reader.diagnostics],
      ids: reader.ids,
    };
  const { name, version, description, input, timeout, output } = outer.value;
  return {
    workflow: {
      name,
      version,
      description,
      inputSchema: input,
      timeoutMs: durationMs(timeout),
      steps,
      output,
    },
    diagnostics: reader.diagnostics,
    ids: reader.ids,
  };
}

/** The steps of a document whose outermost level is wrong in other ways. */
function stepsOf(value: Json): readonly Json[] {
  if (!isJsonObject(value)) return [];
  const steps = value['steps'];
  return Array.isArray(steps) ? steps : [];
}
