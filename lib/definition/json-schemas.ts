import * as z from 'zod';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { AlertFileSchema } from './alert/alert.ts';
import { CommandFileSchema } from './command.ts';
import { DecisionFileSchema } from './decision/decision.ts';
import { FleetFileSchema } from './fleet.ts';
import { ProjectFileSchema } from './project.ts';
import { FaultFileSchema } from './rehearsal/faults.ts';
import { TestFileSchema } from './rehearsal/test-file.ts';
import { ReportFileSchema } from './report/report.ts';
import { STEP_KINDS, stepSchemas } from './step-kinds.ts';
import { TemplateFileSchema } from './template/template.ts';
import { workflowSchema } from './workflow.ts';

/** The JSON Schema (2020-12) of workflow files, for editors. */
export function workflowJsonSchema(): JsonObject {
  const step: z.ZodType = z.lazy(() => z.union(stepSchemas(steps).map(titled))).meta({ id: 'step' });
  const steps = z.array(step).min(1).meta({ id: 'steps' });
  return published(workflowSchema(steps), 'Stepwright workflow');
}

/** The JSON Schema (2020-12) of the files of the catalogue, for editors. */
export function commandJsonSchema(): JsonObject {
  return published(CommandFileSchema, 'Stepwright command');
}

/** The JSON Schema (2020-12) of `stepwright.yaml`, for editors. */
export function projectJsonSchema(): JsonObject {
  return published(ProjectFileSchema, 'Stepwright project');
}

/** The JSON Schema (2020-12) of fleet files, for editors. */
export function fleetJsonSchema(): JsonObject {
  return published(FleetFileSchema, 'Stepwright fleet');
}

/** The JSON Schema (2020-12) of templates, for editors. */
export function templateJsonSchema(): JsonObject {
  return published(TemplateFileSchema, 'Stepwright template');
}

/** The JSON Schema (2020-12) of decisions, for editors. */
export function decisionJsonSchema(): JsonObject {
  return published(DecisionFileSchema, 'Stepwright decision');
}

/** The JSON Schema (2020-12) of files of alerts, for editors. */
export function alertJsonSchema(): JsonObject {
  return published(AlertFileSchema, 'Stepwright alerts');
}

/** The JSON Schema (2020-12) of reports, for editors. */
export function reportJsonSchema(): JsonObject {
  return published(ReportFileSchema, 'Stepwright report');
}

/** The JSON Schema (2020-12) of files of tests, for editors. */
export function testJsonSchema(): JsonObject {
  return published(TestFileSchema, 'Stepwright test');
}

/** The JSON Schema (2020-12) of files of faults, for editors. */
export function faultsJsonSchema(): JsonObject {
  return published(FaultFileSchema, 'Stepwright faults');
}

/** Editors offer a form of step by its title. */
function titled(schema: ReturnType<typeof stepSchemas>[number]): z.ZodType {
  const kind = STEP_KINDS.find((name) => Object.hasOwn(schema.shape, name));
  return schema.meta({ ...schema.meta(), title: `${kind} step` });
}

function published(schema: z.ZodType, title: string): JsonObject {
  const { $schema, ...rest } = JsonObjectSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  return { $schema: $schema ?? null, title, ...rest };
}
