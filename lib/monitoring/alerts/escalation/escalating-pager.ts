import { StepwrightError } from '#core/error.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { Engine } from '#engine/engine.ts';
import type { Table } from '#table/table.ts';
import type { Pager } from '../pager.ts';
import type { Page } from '../records/paging-record.ts';
import { escalationMachines, escalationRef } from './escalation-machine.ts';
import { findEscalationTask } from './escalation-task.ts';

/** What beginning and ending escalations takes. */
export interface EscalatingPagerPorts {
  readonly table: Table;
  readonly engine: Pick<Engine, 'deploy' | 'start' | 'succeedTask'>;
}

/**
 * Sends pages, and begins the execution of an escalation with its first page; it ends with the page that says that somebody has
 * acknowledged, or that all is over. A page that is given again changes nothing: executions have one name, tasks are answered once.
 */
export function escalatingPager(ports: EscalatingPagerPorts, pager: Pager): Pager {
  return {
    page: async (page, file) => {
      await pager.page(page, file);
      if (page.begins !== undefined) await begin(ports, page, file);
      if (page.kind === 'acknowledged') await answer(ports, page, 'acknowledged');
      if (page.kind === 'resolved') await answer(ports, page, 'over');
    },
  };
}

async function begin(
  { engine }: EscalatingPagerPorts,
  { paging, incident, begins }: Page,
  file: AlertFile,
): Promise<void> {
  const machine = escalationMachines(file).get(begins?.escalation ?? '');
  if (machine === undefined || begins === undefined) return;
  const start = (): Promise<void> =>
    engine.start(
      escalationRef(machine, { incident, at: begins.at }),
      { paging, incident, begun: begins.at, step: 1 },
      { isFollowUp: true },
    );
  try {
    await start();
  } catch (error) {
    // Rules that were published before escalations were machines.
    if (!(error instanceof StepwrightError) || error.code !== 'SW4013') throw error;
    await engine.deploy(machine);
    await start();
  }
}

async function answer(
  { table, engine }: EscalatingPagerPorts,
  { paging, incident }: Page,
  end: 'acknowledged' | 'over',
): Promise<void> {
  const task = await findEscalationTask(table, paging);
  if (task?.incident === incident) await engine.succeedTask(task.taskToken, { end });
}
