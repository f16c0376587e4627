import { decodeTime } from 'ulid';
import { StepwrightError } from '#core/error.ts';
import { executionKeys } from '#table/keys.ts';
import { retentionKeys } from '#table/retention-keys.ts';
import type { Table } from '#table/table.ts';
import { type Execution, type ExecutionStatus, fromExecutionItem } from './execution.ts';

/** The execution with an id, or undefined. */
export async function findExecution(table: Table, id: string): Promise<Execution | undefined> {
  const item = await table.get(executionKeys.meta(id));
  return item === undefined ? undefined : fromExecutionItem(item);
}

/** The execution with an id. Throws SW4044, and SW4507 for one that may have been archived. */
export async function getExecution(table: Table, id: string): Promise<Execution> {
  const execution = await findExecution(table, id);
  if (execution !== undefined) return execution;
  const place = await whereArchived(table, id);
  if (place !== undefined) {
    throw new StepwrightError({
      code: 'SW4507',
      kind: 'not-found',
      message: `there is no execution "${id}" any more: those that ended so long ago were archived`,
      hint: `stepwright archive show ${id} --archive ${place}`,
    });
  }
  throw new StepwrightError({
    code: 'SW4044',
    kind: 'not-found',
    message: `there is no execution "${id}"`,
    hint: 'GET /v1/executions lists them',
  });
}

/** Where an execution is that was started on a day of which all that was over has been archived; its id tells that day. */
async function whereArchived(table: Table, id: string): Promise<string | undefined> {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  const place = (await table.get(retentionKeys.archive))?.['place'];
  const left = (await table.get(retentionKeys.progress('executions')))?.['day'];
  const day = new Date(decodeTime(id)).toISOString().slice(0, 10);
  return typeof place === 'string' && typeof left === 'string' && day <= left ? place : undefined;
}

/** Which executions are listed, and which page of them. */
export interface ExecutionQuery {
  /** Only those of this workflow. */
  readonly workflow?: string | undefined;
  /** Only those started on this UTC day, such as 2026-11-23; today where neither is given. */
  readonly day?: string | undefined;
  /** Only those that stand so, any of these. */
  readonly status?: readonly ExecutionStatus[] | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A page of executions. */
export interface ExecutionPage {
  readonly executions: readonly Execution[];
  /** There when there may be more. */
  readonly cursor?: string;
}

/** So many executions are looked through for one page of those with some status. */
const LOOKED_THROUGH = 5_000;

/**
 * One page of executions, the newest first. Of those with some status it looks through a bounded number: a page may have fewer than asked
 * for, or none, and still have one after it.
 */
export async function listExecutions(
  table: Table,
  { workflow, day, status, limit, cursor }: ExecutionQuery & { readonly day: string },
): Promise<ExecutionPage> {
  const where =
    workflow === undefined
      ? ({ index: 'gsi2', partition: executionKeys.byDay(day) } as const)
      : ({ index: 'gsi1', partition: executionKeys.byWorkflow(workflow) } as const);
  let [after, looked]: [string | undefined, number] = [cursor, 0];
  for (;;) {
    const page = await table.query({
      ...{ ...where, descending: true },
      ...(limit === undefined ? {} : { limit }),
      ...(after === undefined ? {} : { cursor: after }),
    });
    after = page.cursor;
    looked += page.items.length;
    const all = page.items.map(fromExecutionItem);
    const executions = status === undefined ? all : all.filter((each) => status.includes(each.status));
    if (executions.length > 0 || after === undefined || looked >= LOOKED_THROUGH)
      return { executions, ...(after === undefined ? {} : { cursor: after }) };
  }
}
