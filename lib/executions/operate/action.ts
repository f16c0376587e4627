import * as z from 'zod';
import { newId } from '#core/id.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { executionKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import type { ExecutionPorts } from '../ports.ts';

/** What operators can do to an execution. */
export const OPERATIONS = [
  ...(['stop', 'pause', 'resume', 'redrive', 'skip', 'signal', 'rollback', 'release', 'next'] as const),
  ...(['approve', 'reject'] as const),
] as const;

/** What an operator has done to an execution: the engine's history tells what came of it, and this who wanted it, and why. */
export const OperatorActionSchema = z.object({
  id: z.string(),
  /** Milliseconds since the Unix epoch. */
  at: z.number(),
  by: z.string(),
  operation: z.enum(OPERATIONS),
  reason: z.string().optional(),
  /** What it was done with, such as the step and its output. */
  details: JsonObjectSchema,
  /** Why nothing came of it. */
  refused: z.string().optional(),
});

/** What an operator has done to an execution. */
export type OperatorAction = z.infer<typeof OperatorActionSchema>;

/** Who does something, and why. */
export interface Operator {
  readonly by: string;
  readonly reason?: string | undefined;
}

/** What is to be put on record of an action. */
export type ActionAsked = Operator & Pick<OperatorAction, 'operation' | 'details'>;

type Ports = Pick<ExecutionPorts, 'table' | 'clock' | 'random'>;

/**
 * Does something to an execution and puts on record who wanted it. The record comes first: nothing is done that nobody has
 * asked for, whatever happens in between. What is refused is noted as refused, and thrown.
 */
export async function recorded<T>(
  ports: Ports,
  { execution, ...asked }: ActionAsked & { readonly execution: string },
  work: () => Promise<T>,
): Promise<T> {
  const { by, operation, reason, details } = asked;
  const id = newId(ports.clock, ports.random);
  const at = ports.clock.now();
  const key = executionKeys.action(execution, id);
  const action: OperatorAction = {
    ...{ id, at, by, operation, details },
    ...(reason === undefined ? {} : { reason }),
  };
  await ports.table.put({ ...key, ...action });
  try {
    return await work();
  } catch (error) {
    await ports.table.update({
      key,
      set: { refused: error instanceof Error ? error.message : String(error) },
    });
    throw error;
  }
}

/** What operators have done to an execution, in order. */
export async function actionsOf(table: Table, execution: string): Promise<readonly OperatorAction[]> {
  const query = { partition: executionKeys.partition(execution), prefix: executionKeys.actionPrefix };
  return (await Array.fromAsync(queryAll(table, query))).map((item) => OperatorActionSchema.parse(item));
}
