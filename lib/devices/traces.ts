import * as z from 'zod';
import { formatTraceparent, parseTraceparent, spanIdOf, type TraceContext } from '#core/trace-context.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

/** Which traces executions belong to. */
export interface Traces {
  /** The trace of an execution; undefined where it is in none. */
  of(execution: string): Promise<TraceContext | undefined>;
}

const TracedSchema = z.object({ traceparent: z.string().optional() });
/** So many executions are kept in mind. */
const MOST_KNOWN = 10_000;

/** The traces that are on the records of executions: each is looked up once. */
export function recordedTraces(table: Pick<Table, 'get'>): Traces {
  const known = new Map<string, TraceContext | undefined>();
  return {
    of: async (execution) => {
      if (known.has(execution)) return known.get(execution);
      const item = await table.get(executionKeys.meta(execution));
      const found = parseTraceparent(TracedSchema.parse(item ?? {}).traceparent);
      const [oldest] = known.keys();
      if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
      known.set(execution, found);
      return found;
    },
  };
}

/** What a device is told of the trace that a command is in, for spans of its own; nothing where it is in none. */
export async function traceparentOf(
  traces: Traces | undefined,
  { id, execution }: { readonly id: string; readonly execution: string | undefined },
): Promise<{ readonly traceparent?: string }> {
  const context = execution === undefined ? undefined : await traces?.of(execution);
  if (context === undefined) return {};
  return { traceparent: formatTraceparent({ ...context, spanId: spanIdOf('device', id) }) };
}
