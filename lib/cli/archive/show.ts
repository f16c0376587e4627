import * as z from 'zod';
import { ExecutionDocumentSchema } from '#api/documents.ts';
import { ActionDocumentSchema, EventDocumentSchema } from '#api/history-documents.ts';
import { type ArchivedExecution, findArchived, recordsOf } from '#archive/read/find-execution.ts';
import { damagedPart } from '#archive/stores/archive-faults.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import type { EventDocument } from '../executions/execution-calls.ts';
import { historyLines } from '../executions/history.ts';
import { executionLines } from '../executions/show.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { type ArchiveArguments, findArchive } from './find-archive.ts';

/** What `stepwright archive show` was called with. */
export interface ShowArguments extends ArchiveArguments {
  readonly history?: boolean;
}

const ArchivedSchema = ExecutionDocumentSchema.extend({ actions: z.array(ActionDocumentSchema) });
const ArchivedEventSchema = EventDocumentSchema.extend({ child: z.string().optional() });

/** `stepwright archive show`: an execution as "executions show" or "executions history" told it; with `--json`, both. */
export async function showCommand(
  id: string,
  { history = false, ...args }: ShowArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const store = await findArchive(args, process.env);
  const found = await findArchived(store, id);
  const { actions, ...execution } = documentOf(found, id);
  if (terminal.json) {
    printJson(terminal, { ...execution, actions, events: await eventsOf(store, found) });
    return 0;
  }
  const lines = history
    ? historyLines({ events: await eventsOf(store, found), actions }, terminal)
    : executionLines(execution, actions, terminal);
  for (const line of lines) terminal.print(line);
  return 0;
}

function documentOf({ record }: ArchivedExecution, id: string): z.output<typeof ArchivedSchema> {
  const read = ArchivedSchema.safeParse(record);
  if (read.success) return read.data;
  throw damagedPart(id, 'is not what an execution is to this version', read.error);
}

/** The events of the execution itself; those of children are told by "archive query history". */
async function eventsOf(store: ArchiveStore, found: ArchivedExecution): Promise<readonly EventDocument[]> {
  const events: EventDocument[] = [];
  for await (const line of recordsOf(store, found, 'history')) {
    const { child, ...event } = ArchivedEventSchema.parse(line);
    if (child === undefined) events.push(event);
  }
  return events.sort((one, other) => one.id - other.id);
}
