import { formatTraceparent, parseTraceparent } from '#core/trace-context.ts';
import type { Execution } from './execution.ts';

/** The place under a span of the trace that an execution is in; undefined where it is in none. */
export function traceparentUnder(
  execution: Pick<Execution, 'traceparent'> | undefined,
  spanId: string,
): string | undefined {
  const context = parseTraceparent(execution?.traceparent);
  return context && formatTraceparent({ ...context, spanId });
}
