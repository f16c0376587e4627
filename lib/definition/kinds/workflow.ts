import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import {
  cacheFields,
  DurationSchema,
  failureFields,
  NameSchema,
  stepFields,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { WorkflowStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readCache, readFallible, readWork } from '../reading.ts';

const nameField = NameSchema.describe('Name of the workflow.');

const versionField = z
  .string()
  .optional()
  .describe(
    'Range of versions. The highest that there is when this workflow is published is the one that runs. Default: any.',
  )
  .meta({ examples: ['^1.2'] });

const CompensateSchema = z
  .strictObject({
    workflow: z
      .strictObject({
        name: nameField,
        version: versionField,
        input: JsonSchema.optional()
          .describe('Its input; $result is the output of the workflow that it undoes. Default {}.')
          .meta({ examples: [{ booking: '{% $result.booking %}' }] }),
      })
      .describe('The workflow that undoes it.'),
  })
  .describe(
    'How what the called workflow did is undone when the execution unwinds, in place of the undo of its own steps.',
  );

/** A `workflow` step. */
export function workflowStepSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      ...cacheFields,
      workflow: z
        .strictObject({
          name: nameField,
          version: versionField,
          input: JsonSchema.optional()
            .describe('Its input. Default {}.')
            .meta({ examples: [{ site: '{% $input.site %}' }] }),
          await: z
            .boolean()
            .optional()
            .describe('Whether its end is waited for; if not, the step gives its executionId. Default true.'),
        })
        .describe('Which workflow, and with what.'),
      timeout: DurationSchema.optional().describe(
        'How long its end is waited for; then it is stopped, and the step fails: Workflow.Timeout.',
      ),
      compensate: CompensateSchema.optional(),
    })
    .refine(({ workflow, compensate }) => workflow.await !== false || compensate === undefined, {
      message: 'undoes what is waited for, and `await` is false',
      path: ['compensate'],
    })
    .describe('Runs another workflow as an execution of its own; gives its output.');
}

/** A `workflow` step. */
export function readWorkflowStep(
  step: z.infer<ReturnType<typeof workflowStepSchema<UnreadList>>>,
  reading: Reading,
): WorkflowStep {
  const { name, version, input, await: isAwaited = true } = step.workflow;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'workflow',
    workflow: name,
    version,
    input,
    await: isAwaited,
    timeoutMs: durationMs(step.timeout),
    cache: readCache(step.cache),
    compensate: step.compensate && {
      workflow: step.compensate.workflow.name,
      version: step.compensate.workflow.version,
      input: step.compensate.workflow.input,
    },
  };
}
