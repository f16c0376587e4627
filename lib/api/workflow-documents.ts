import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { type Alias, AliasTargetSchema } from '#executions/workflow-aliases.ts';
import { instant } from './documents.ts';

/** A workflow as a document of a list. */
export const WorkflowDocumentSchema = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    latest: z.string().describe('The version that is meant where none is named.'),
    publishedAt: z.string(),
  })
  .meta({ id: 'WorkflowSummary' });

/** A version as a document of what was published. */
export const PublishedVersionSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    machine: z.string().describe('Name of the state machine that runs it.'),
    publishedAt: z.string(),
  })
  .meta({ id: 'WorkflowVersion' });

const DeprecatedSchema = z.string().optional().describe('Why no more executions are to be started of it.');

/** A version as a document, with all that there is of it. */
export const WholeVersionSchema = PublishedVersionSchema.extend({
  deprecated: DeprecatedSchema,
  source: z.string().describe('The text as it was published.'),
  definition: JsonObjectSchema.describe('The Amazon States Language it is compiled to.'),
}).meta({ id: 'WholeWorkflowVersion' });

/** A version as a document of a list. */
export const VersionDocumentSchema = z
  .object({
    version: z.string(),
    publishedAt: z.string(),
    description: z.string().optional(),
    deprecated: DeprecatedSchema,
  })
  .meta({ id: 'WorkflowVersionSummary' });

/** Where an alias points, as a document. */
export const TargetDocumentSchema = AliasTargetSchema.describe(
  'A version; with a canary, another one that gets so many of a hundred executions.',
);

/** An alias as a document. */
export const AliasDocumentSchema = AliasTargetSchema.extend({
  alias: z.string(),
  changedAt: z.string(),
  before: z.array(TargetDocumentSchema).describe('Where it pointed before, the latest first.'),
}).meta({ id: 'WorkflowAlias' });

/** An alias as a document. */
export function toAliasDocument({
  revision: _revision,
  changedAt,
  ...rest
}: Alias): z.input<typeof AliasDocumentSchema> {
  return { ...rest, changedAt: instant(changedAt) };
}
