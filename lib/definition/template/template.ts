import * as z from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { JsonObjectSchema, NameSchema, VersionSchema } from '../fields.ts';
import { checkShape } from '../shape.ts';
import type { Source } from '../source.ts';
import { placeholderFor } from './placeholder.ts';

const ParameterNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'is no name of a parameter; use letters, digits and underscores')
  .max(60);

/** JSON Schema of the parameters, as far as templates go by it. */
const ParametersSchema = z
  .looseObject({
    type: z.literal('object').optional().describe('Parameters are the properties of an object.'),
    required: z
      .array(z.string())
      .optional()
      .describe('Parameters that have to be given.')
      .meta({ examples: [['site']] }),
    properties: z
      .record(ParameterNameSchema, JsonObjectSchema)
      .optional()
      .describe(
        'By name the JSON Schema of each, with a `default`, or with `examples`: by them the template is tried.',
      )
      .meta({
        examples: [
          { site: { type: 'string', examples: ['berlin'] }, share: { type: 'integer', default: 10 } },
        ],
      }),
  })
  .describe('JSON Schema 2020-12 of the parameters.')
  .meta({
    examples: [
      { type: 'object', required: ['site'], properties: { site: { type: 'string', examples: ['berlin'] } } },
    ],
  });

/** A template, as its author writes it: a file in `templates/`. */
export const TemplateFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    template: NameSchema.describe('Name of the template.'),
    version: VersionSchema.describe('Semantic version. A published version never changes.'),
    description: z
      .string()
      .optional()
      .describe('What its workflows do, for people.')
      .meta({ examples: ['Check the pumps of a site every night.'] }),
    parameters: ParametersSchema.optional(),
    workflow: JsonObjectSchema.describe(
      `A workflow with placeholders for parameters: ${placeholderFor('site')}. "stepwright: 1" may be left out.`,
    ).meta({
      examples: [
        {
          name: `check-${placeholderFor('site')}`,
          version: '1.0.0',
          steps: [{ id: 'pumps', devices: { where: `site = ${placeholderFor('site')}` } }],
        },
      ],
    }),
  })
  .describe('A template of workflows that differ in parameters.');

/** A template. */
export interface Template {
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  /** JSON Schema of an object. */
  readonly parameters: JsonObject;
  /** Of each parameter its schema, in the order in which they are written. */
  readonly properties: Readonly<Record<string, JsonObject>>;
  /** Parameters that have to be given. */
  readonly required: readonly string[];
  /** The workflow with its placeholders. */
  readonly workflow: JsonObject;
}

/** A template with the text that it was read from. */
export interface SourcedTemplate {
  readonly source: Source;
  readonly template: Template;
}

/** Reads a template from its parsed text. */
export function readTemplate(source: Source): {
  readonly template: Template | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { template: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(TemplateFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { template: undefined, diagnostics: shaped.diagnostics };
  const { template: name, version, description, parameters = {}, workflow } = shaped.value;
  const { properties = {}, required = [] } = parameters;
  return {
    template: {
      ...{ name, version, description, properties, required },
      parameters: JsonObjectSchema.parse({ type: 'object', ...parameters }),
      workflow: { stepwright: 1, ...workflow },
    },
    diagnostics: [],
  };
}
