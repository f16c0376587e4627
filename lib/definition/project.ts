import { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { Catalogue } from './command.ts';
import type { KnownDecisions } from './decision/read-decision.ts';
import { NameSchema } from './fields.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';

/** The file that marks a folder as a project, `stepwright.yaml`. */
export const ProjectFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    project: NameSchema.optional().describe('Name of the project.'),
    description: z
      .string()
      .optional()
      .describe('What it is for, for people.')
      .meta({ examples: ['The devices of the plant in Berlin.'] }),
    pools: z
      .record(NameSchema, z.int().min(1).max(1_000_000).describe('How many units there are.'))
      .optional()
      .describe('Named pools of units, which steps hold by `uses` and `lock`.')
      .meta({ examples: [{ uplink: 4 }] }),
  })
  .describe('A Stepwright project.');

/** What the workflows of a project have in common. What is undefined is not known, and nothing is said against it. */
export interface Project {
  readonly catalogue: Catalogue;
  /** Units by pool. */
  readonly pools: ReadonlyMap<string, number> | undefined;
  /** By name of a workflow, its versions. */
  readonly workflows: ReadonlyMap<string, readonly string[]> | undefined;
  /** Its decisions by name and version. */
  readonly decisions: KnownDecisions | undefined;
  /** By capability, the versions that devices of its fleets have. */
  readonly capabilities: ReadonlyMap<string, readonly string[]> | undefined;
}

/** A workflow by itself. */
export const NO_PROJECT: Project = {
  catalogue: undefined,
  pools: undefined,
  workflows: undefined,
  decisions: undefined,
  capabilities: undefined,
};

/** Reads the file of a project. Where it has not its shape, nothing of it is known. */
export function readProjectFile(source: Source): {
  readonly pools: ReadonlyMap<string, number> | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { pools: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(ProjectFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { pools: undefined, diagnostics: shaped.diagnostics };
  return { pools: new Map(Object.entries(shaped.value.pools ?? {})), diagnostics: [] };
}
