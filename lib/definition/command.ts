import * as z from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { JsonSchema } from '#core/json.ts';
import { DurationSchema } from './fields.ts';
import { durationMs } from './read-retry.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { VerifySchema } from './verify.ts';

const JsonSchemaSchema = z.record(z.string(), JsonSchema);

/** One entry of the catalogue, as its author writes it: one command a file in `commands/`. */
export const CommandFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    command: z
      .string()
      .regex(/^[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)*$/, 'is no name; write it like firmware.install')
      .describe('Name of the command.')
      .meta({ examples: ['firmware.install'] }),
    description: z
      .string()
      .optional()
      .describe('What it does, for people.')
      .meta({ examples: ['Install a release; the device restarts.'] }),
    parameters: JsonSchemaSchema.optional()
      .describe('JSON Schema 2020-12 of the arguments.')
      .meta({
        examples: [{ type: 'object', required: ['release'], properties: { release: { type: 'string' } } }],
      }),
    result: JsonSchemaSchema.optional()
      .describe('JSON Schema 2020-12 of what it gives.')
      .meta({ examples: [{ type: 'object', properties: { installed: { type: 'string' } } }] }),
    timeout: DurationSchema.optional().describe(
      "How long an answer is waited for, where neither the step nor the workflow's defaults say.",
    ),
    idempotent: z
      .boolean()
      .optional()
      .describe('Whether doing it twice is the same as doing it once. Default false.'),
    effect: z
      .enum(['none', 'reversible', 'irreversible', 'pivot'])
      .optional()
      .describe(
        'What it changes: nothing, what can be undone, what cannot, or the point of no return. Default reversible.',
      ),
    verify: VerifySchema.optional().describe(
      'How it is found out whether it took effect when its answer did not come; steps may say otherwise in `compensate`.',
    ),
  })
  .describe('A command of the catalogue.');

/** What a command changes. */
export type CommandEffect = 'none' | 'reversible' | 'irreversible' | 'pivot';

/** A command of the catalogue. */
export interface CommandDefinition {
  readonly name: string;
  readonly description: string | undefined;
  readonly parameters: JsonObject | undefined;
  readonly result: JsonObject | undefined;
  readonly timeoutMs: number | undefined;
  readonly idempotent: boolean;
  readonly effect: CommandEffect;
  /** How it is asked about when its outcome is unknown. */
  readonly verify?: z.infer<typeof VerifySchema> | undefined;
}

/** The commands of a project by name; undefined where it has no catalogue, and commands are untyped. */
export type Catalogue = ReadonlyMap<string, CommandDefinition> | undefined;

/** Reads a file of the catalogue. */
export function readCommand(source: Source): {
  command: CommandDefinition | undefined;
  diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { command: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(CommandFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { command: undefined, diagnostics: shaped.diagnostics };
  const {
    command: name,
    description,
    parameters,
    result,
    timeout,
    idempotent = false,
    effect = 'reversible',
    verify,
  } = shaped.value;
  return {
    command: {
      ...{ name, description, parameters, result, timeoutMs: durationMs(timeout), idempotent, effect },
      verify,
    },
    diagnostics: [],
  };
}
