import type { ExecutionView } from '#executions/describe.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { readSpans } from '#monitoring/traces/read-spans.ts';
import type { Telemetry } from './telemetry.ts';

/** Tells the spans of each execution that has ended, where it is traced. */
export function spanTeller(
  { table }: Pick<ExecutionPorts, 'table'>,
  telemetry: Telemetry,
): ((view: ExecutionView) => Promise<void>) | undefined {
  if (!telemetry.settings.exports.traces) return undefined;
  return async (view) => telemetry.tell(await readSpans(table, view));
}
