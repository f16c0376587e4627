import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';

/** The kinds of step this release compiles. */
export const STEP_KINDS = [
  ...(['command', 'devices', 'choose', 'parallel', 'forEach', 'while', 'wait', 'event', 'approve'] as const),
  ...(['workflow', 'decide', 'http', 'notify', 'lock', 'asl', 'set', 'succeed', 'fail'] as const),
] as const;

/** What the rest of the system knows of a step: enough to fold a history into step states and to order an unwind. */
export const CompiledStepSchema = z.object({
  id: z.string(),
  name: z.string().optional().describe('Title for people, where the author gave one.'),
  kind: z.enum(STEP_KINDS),
  /** Ids of the steps that contain this one, outermost first. */
  within: z.array(z.string()),
  /**
   * Path pattern from the root, such as `rollout[].flash` or `both.left.read`: ids and branch names joined by dots,
   * `[]` after a forEach. An iteration's own path has its index in the brackets.
   */
  path: z.string(),
  /** Ids of the steps, in this step's own list, that it directly waits for; they wait for others in turn. */
  after: z.array(z.string()),
  /** Name of the state in which the step does its work: entered when it starts, exited when it ends. */
  state: z.string(),
  /** Name of the state in which it stands in line for units of pools before. */
  lineState: z.string().optional(),
  /** Name of the state that asks the handler, where a decision has become a Choice state which does not take every input. */
  askState: z.string().optional(),
  /** Name of the state around it that ends it when its time is up. */
  timedState: z.string().optional(),
  /** Name of the Map state over the items of a wave, where a forEach has waves: its own state is over the waves. */
  waveState: z.string().optional(),
  /** Whether a completed run of this step is undone when the execution unwinds. */
  compensates: z.boolean(),
});

/** What the rest of the system knows of a step. */
export type CompiledStep = z.infer<typeof CompiledStepSchema>;

/** What compiling a workflow gives, and what is stored with each published version of it. */
export const CompiledWorkflowSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  /** JSON Schema 2020-12 of the input, enforced when an execution starts. */
  inputSchema: JsonObjectSchema.optional(),
  /** Amazon States Language, with `${…}` tokens for what it calls (task-payload.ts). */
  definition: JsonObjectSchema,
  /** Every step, in document order. */
  steps: z.array(CompiledStepSchema),
  /** Units of the pools that it uses, by name: these pools are made where there are none. */
  pools: z.record(z.string(), z.number().int()).optional(),
});

/** What compiling a workflow gives, and what is stored with each published version of it. */
export type CompiledWorkflow = z.infer<typeof CompiledWorkflowSchema>;

/** Name of the machine that runs a version: `firmware-rollout` 2.1.0 is `firmware-rollout-2_1_0`. */
export function machineName(workflow: string, version: string): string {
  return `${workflow}-${version.replaceAll('.', '_').replaceAll('+', '_')}`;
}

/** Variable that keeps why a step was decided as it was, where its decision has become a Choice state. */
export function becauseVariable({ id }: Pick<CompiledStep, 'id'>): string {
  return `${id}__because`;
}
