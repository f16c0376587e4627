import * as z from 'zod';
import { PoolSchema } from '#concurrency/pool.ts';
import { AliasSchema } from '#executions/workflow-aliases.ts';
import { DrillSummarySchema } from '#executions/workflow-store.ts';
import { type ChangeOf, tellerOf } from './change-of.ts';
import { type MonitoringEvent, makeEvent } from './event.ts';

/** What stands behind the first `#` of a partition's key. */
function nameIn({ pk }: ChangeOf<unknown>['key']): string {
  return pk.slice(pk.indexOf('#') + 1);
}

const VersionSchema = z.object({ version: z.string(), publishedAt: z.number() });

const WorkflowVersionSchema = VersionSchema.extend({ drilled: DrillSummarySchema.optional() });

/** What a published version of a workflow tells, and what was proven of its undo. */
export const tellWorkflowVersion = tellerOf(WorkflowVersionSchema, ({ key, before, after }) => {
  if (after === undefined) return [];
  const { version, publishedAt, drilled } = after;
  const about = [nameIn(key), version];
  const subject = { workflow: nameIn(key), version };
  if (before === undefined)
    return [makeEvent({ kind: 'workflow.published', key: about, at: publishedAt, subject, data: {} })];
  if (drilled === undefined || drilled.at === before.drilled?.at) return [];
  const { at, ...data } = drilled;
  return [makeEvent({ kind: 'workflow.drilled', key: [...about, at], at, subject, data })];
});

/** What a published version of a decision tells. */
export const tellDecisionVersion = tellerOf(VersionSchema, ({ key, before, after }) => {
  if (before !== undefined || after === undefined) return [];
  const { version, publishedAt: at } = after;
  const data = { name: nameIn(key), version };
  return [makeEvent({ kind: 'decision.published', key: [data.name, version], at, subject: {}, data })];
});

/** What an alias of a workflow tells. */
export const tellAlias = tellerOf(AliasSchema, ({ key, after }): readonly MonitoringEvent[] => {
  if (after === undefined) return [];
  const { alias, version, changedAt: at, revision } = after;
  const workflow = nameIn(key);
  return [
    makeEvent({
      ...{ kind: 'workflow.alias-moved', key: [workflow, alias, revision], at },
      ...{ subject: { workflow, version }, data: { alias } },
    }),
  ];
});

/** What a pool tells: how many units it has. Who holds some is told by what the steps hold. */
export const tellPool = tellerOf(PoolSchema, ({ before, after, at }) => {
  if (after === undefined || after.limit === before?.limit) return [];
  const { name: pool, limit, revision } = after;
  const data = { pool, limit };
  return [makeEvent({ kind: 'pool.limited', key: [pool, revision], at, subject: {}, data })];
});
