import { StepwrightError } from '#core/error.ts';
import { type Execution, fromExecutionItem } from '#executions/execution.ts';
import { executionKeys } from '#table/keys.ts';
import { ArchiveBatch } from '../write/archive-batch.ts';
import { executionLines } from '../write/execution-lines.ts';
import { dayOf, daysFrom } from './days.ts';
import { dropExecution } from './drop-execution.ts';
import { isNeeded } from './needed.ts';
import type { Retired, RetireOptions, RetirePorts } from './ports.ts';
import { firstDay, noteFirstDay } from './progress.ts';

/** So many executions go into an archive together. */
const TOGETHER = 500;

/**
 * Archives and deletes the executions whose time is over, by the day on which they were started. Each is deleted when the part that it is
 * in is durable, and its record last, so that what is interrupted is found again.
 */
export async function retireExecutions(ports: RetirePorts, options: RetireOptions): Promise<Retired> {
  const { table, clock } = ports;
  const before = clock.now() - options.times.executions;
  if (!Number.isFinite(before)) return { gone: 0, isDone: true };
  const first = await firstDay(table, 'executions');
  const last = dayOf(before);
  let gone = 0;
  /** The first day of which something is left. */
  let from: string | undefined;
  for (const day of daysFrom(first, last)) {
    const done = await retireDay(ports, options, { day, before });
    gone += done.gone;
    if (done.left > 0 || !done.isDone || day === last) from ??= day;
    if (!done.isDone) break;
  }
  if (from !== undefined && from !== first) await noteFirstDay(table, 'executions', from);
  return { gone, isDone: !options.pace.isOver() };
}

interface DayDone extends Retired {
  readonly left: number;
}

async function retireDay(
  ports: RetirePorts,
  options: RetireOptions,
  { day, before }: { readonly day: string; readonly before: number },
): Promise<DayDone> {
  const { table, clock } = ports;
  const query = { index: 'gsi2', partition: executionKeys.byDay(day), limit: TOGETHER } as const;
  let [gone, left, cursor]: [number, number, string | undefined] = [0, 0, undefined];
  do {
    const page = await table.query(cursor === undefined ? query : { ...query, cursor });
    const due: Execution[] = [];
    for (const execution of page.items.map(fromExecutionItem)) {
      if (await isNeeded(table, execution, { before, now: clock.now() })) left++;
      else due.push(execution);
    }
    const done = await retireSome(ports, options, due);
    gone += done;
    left += due.length - done;
    cursor = page.cursor;
    if (options.pace.isOver()) return { gone, left, isDone: false };
  } while (cursor !== undefined);
  return { gone, left, isDone: true };
}

/** Gives how many are gone. What cannot be read stays, and is told of; what cannot be written ends the round. */
async function retireSome(
  ports: RetirePorts,
  options: RetireOptions,
  due: readonly Execution[],
): Promise<number> {
  const ready = await archived(ports, options, due);
  let gone = 0;
  for (const execution of ready) {
    if (await dropExecution(ports, execution, options.times.decisions)) gone++;
    await options.pace.rest();
  }
  return gone;
}

/** Those of some executions that are in the archive, or that need not be. */
async function archived(
  ports: RetirePorts,
  { atOnce, pace, onDefect }: RetireOptions,
  due: readonly Execution[],
): Promise<readonly Execution[]> {
  const { archive } = ports;
  if (archive === undefined || due.length === 0) return due;
  const batch = new ArchiveBatch({ ...ports, archive });
  const ready: Execution[] = [];
  const waiting = due.values();
  const work = async (): Promise<void> => {
    for (const execution of waiting) {
      if (pace.isOver()) return;
      try {
        for (const lined of await Array.fromAsync(executionLines(ports, execution)))
          await batch.add(...lined);
        ready.push(execution);
      } catch (error) {
        if (isOfArchive(error)) throw error;
        onDefect(error);
      }
      await pace.rest();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await batch.commit();
  return ready;
}

function isOfArchive(error: unknown): boolean {
  return error instanceof StepwrightError && error.code === 'SW4501';
}
