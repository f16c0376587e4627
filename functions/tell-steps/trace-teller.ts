import type { XRayClient } from '@aws-sdk/client-xray';
import type { ExecutionView } from '#executions/describe.ts';
import { readSpans } from '#monitoring/traces/read-spans.ts';
import type { Table } from '#table/table.ts';
import { putSegments } from '../x-ray.ts';

/** Who hears of what X-Ray did not take. */
interface Warned {
  warn(message: string, why: Error): void;
}

/** Tells X-Ray of the spans of executions. An X-Ray that takes nothing is told of in the log, and keeps nobody from the rest. */
export function traceTeller(
  table: Table,
  { client, logger }: { readonly client: XRayClient; readonly logger: Warned },
): (view: ExecutionView) => Promise<void> {
  return async (view) => {
    try {
      const spans = await readSpans(table, view);
      const refused = await putSegments(client, spans);
      if (refused > 0) throw new Error(`X-Ray has refused ${refused} of ${spans.length} segments`);
    } catch (error) {
      logger.warn('a trace could not be told', error instanceof Error ? error : new Error(String(error)));
    }
  };
}
