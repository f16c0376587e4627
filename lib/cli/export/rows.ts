import type { z } from 'zod';
import type { DecisionRecordSchema, RouteRecordSchema } from '#api/log-documents.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import type { Row } from './columns.ts';

type DecisionDocument = z.output<typeof DecisionRecordSchema>;
type RouteDocument = z.output<typeof RouteRecordSchema>;

/** A decision as a row. */
export function decisionRow(record: DecisionDocument): Row {
  const { chosen, shadow } = record;
  return filled({
    ...commonOf(record),
    ...{ decision: record.decision, version: record.version, asked: record.asked },
    ...{ side: record.side, propensity: record.propensity },
    ...spread('chosen', chosen),
    ...{ rules: record.rules, otherwise: record.otherwise, branch: record.branches?.at(-1) },
    omitted: record.omitted,
    ...{ shadow_version: shadow?.version, shadow_differs: shadow?.differs },
    ...{ shadow_chosen: shadow?.chosen, shadow_error: shadow?.error },
  });
}

/** A choice of a device as a row. */
export function routeRow(record: RouteDocument): Row {
  const [first] = record.options;
  const { device: _device, ...told } = first ?? { device: '' };
  const options = JSON.parse(JSON.stringify(record.options)) as Json;
  return filled({
    ...commonOf(record),
    ...{ route: record.route, chosen: record.chosen, options },
    ...spread('scored', JSON.parse(JSON.stringify(told)) as Json),
  });
}

function commonOf(record: DecisionDocument | RouteDocument): Readonly<Record<string, Json | undefined>> {
  const { id, at, workflow, workflowVersion, execution, path, attempt, outcome, latencyMs, error } = record;
  return {
    ...{ id, at, workflow, workflow_version: workflowVersion, execution, path, attempt },
    ...spread('feature', record.features),
    ...{ status: outcome?.status, success: outcome?.success, ended_at: outcome?.endedAt },
    ...{ latency_ms: latencyMs, error },
  };
}

/** An object by its fields; anything else as `<name>.value`. */
function spread(name: string, value: Json | undefined): Readonly<Record<string, Json>> {
  if (value === undefined) return {};
  if (!isJsonObject(value)) return { [`${name}.value`]: value };
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [`${name}.${field}`, inner]));
}

function filled(row: Readonly<Record<string, Json | undefined>>): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
