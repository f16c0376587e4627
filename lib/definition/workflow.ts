/**
 * A workflow as its author writes it (DESIGN: the definition language). Together with `kinds/`, this is the one source of
 * the file's shape: the published JSON Schema, the validator and the types come from it. `read-workflow.ts` turns it into
 * the model that everything after takes.
 */
import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import {
  DurationSchema,
  JsonObjectSchema,
  NameSchema,
  RetrySchema,
  TextSchema,
  VersionSchema,
} from './fields.ts';

/** How many executions of a workflow run at once. */
export const ConcurrencySchema = z
  .strictObject({
    group: TextSchema.min(1, 'is empty')
      .describe('Executions with the same group count together; over $input. Default: all of the workflow.')
      .optional(),
    max: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('How many run at once. Default 1.')
      .meta({ examples: [2] }),
    overflow: z
      .enum(['queue', 'reject', 'replace'])
      .optional()
      .describe(
        'One more waits in line, is refused, or stops the oldest and takes its place. Default queue.',
      ),
  })
  .describe('How many executions run at once.');

/** The file, over a schema of a list of steps (see {@link stepSchemas}). */
export function workflowSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      stepwright: z.literal(1).describe('Version of the definition language.'),
      name: NameSchema.describe('Name of the workflow.'),
      version: VersionSchema.describe('Semantic version. A published version never changes.'),
      description: z
        .string()
        .optional()
        .describe('What it does, for people.')
        .meta({ examples: ['Bring a release to a site, wave by wave.'] }),
      input: JsonObjectSchema.optional()
        .describe('JSON Schema 2020-12 of the input, enforced at start.')
        .meta({
          examples: [{ type: 'object', required: ['site'], properties: { site: { type: 'string' } } }],
        }),
      timeout: DurationSchema.optional().describe('How long an execution may take.'),
      concurrency: ConcurrencySchema.optional(),
      defaults: z
        .strictObject({
          timeout: DurationSchema.optional().describe('How long an answer is waited for.'),
          retry: RetrySchema.optional(),
        })
        .optional()
        .describe('For every command that does not say otherwise.'),
      steps: list.describe(
        'What it does, one after the other; once any of them has needs, each as soon as it can.',
      ),
      output: JsonSchema.optional()
        .describe('What an execution gives. Default: an object of the outputs by step id.')
        .meta({ examples: [{ updated: '{% $count($rollout) %}' }] }),
    })
    .describe('A Stepwright workflow.');
}
