import { StepwrightError } from '#core/error.ts';
import { executionKeys } from '#table/keys.ts';
import { retentionKeys } from '#table/retention-keys.ts';
import type { Table } from '#table/table.ts';
import { type Execution, fromExecutionItem } from './execution.ts';

/** The execution with an id, or undefined. */
export async function findExecution(table: Table, id: string): Promise<Execution | undefined> {
  const item = await table.get(executionKeys.meta(id));
  return item === undefined ? undefined : fromExecutionItem(item);
}

/** The execution with an id. Throws SW4044. */
export async function getExecution(table: Table, id: string): Promise<Execution> {
  const execution = await findExecution(table, id);
  if (execution !== undefined) return execution;
  throw new StepwrightError({
    code: 'SW4044',
    kind: 'not-found',
    message: `there is no execution "${id}"`,
    hint: await whereToLook(table, id),
  });
}

/** Where there is an archive, one that ended long ago may be there. */
async function whereToLook(table: Table, id: string): Promise<string> {
  const place = (await table.get(retentionKeys.archive))?.['place'];
  if (typeof place !== 'string') return 'GET /v1/executions lists them';
  return `if it ended long ago, it is in the archive: stepwright archive show ${id} --archive ${place}`;
}

/** Which executions are listed, and which page of them. */
export interface ExecutionQuery {
  /** Only those of this workflow. */
  readonly workflow?: string | undefined;
  /** Only those started on this UTC day, such as 2026-11-23; today where neither is given. */
  readonly day?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One page of executions, the newest first. */
export async function listExecutions(
  table: Table,
  { workflow, day, limit, cursor }: ExecutionQuery & { readonly day: string },
): Promise<{ readonly executions: readonly Execution[]; readonly cursor?: string }> {
  const where =
    workflow === undefined
      ? ({ index: 'gsi2', partition: executionKeys.byDay(day) } as const)
      : ({ index: 'gsi1', partition: executionKeys.byWorkflow(workflow) } as const);
  const page = await table.query({
    ...where,
    descending: true,
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const executions = page.items.map(fromExecutionItem);
  return { executions, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
}
