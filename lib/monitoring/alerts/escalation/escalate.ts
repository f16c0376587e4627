import type { Clock } from '#core/clock.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { Engine } from '#engine/engine.ts';
import type { Table } from '#table/table.ts';
import type { Pager } from '../pager.ts';
import { type AlertRecord, isOpen } from '../records/alert-record.ts';
import type { Paging } from '../records/paging-record.ts';
import { isInhibited, silencedBy } from '../routing/matching.ts';
import { type Members, nextPage } from '../routing/next-page.ts';
import { openAlerts } from '../store/alert-store.ts';
import { findAlertGroup } from '../store/group-store.ts';
import { findPaging, putPaging } from '../store/paging-store.ts';
import { listSilences } from '../store/silence-store.ts';
import {
  type EscalateRequest,
  type EscalationEnd,
  findEscalationTask,
  putEscalationTask,
} from './escalation-task.ts';

/** What escalating takes. */
export interface EscalatePorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly engine: Pick<Engine, 'succeedTask'>;
  readonly pager: Pager;
}

/** As often a step is tried again where others write of the same alerts. */
const TRIES = 8;

/**
 * Does a step of an escalation that is due: whoever is on call now is told, unless all is silenced, or it is quiet; then they are told
 * when that ends. The task goes on to wait; it is answered at once where somebody has acknowledged, or all is over. Called again for
 * the same step, it tells nobody twice.
 */
export async function escalate(ports: EscalatePorts, request: EscalateRequest): Promise<void> {
  // First: whoever acknowledges from now on finds it, and who did before is found by what follows.
  await putEscalationTask(ports.table, request, ports.clock.now());
  if (await goOn(ports, request, [])) return;
  throw new Error(`the paging "${request.paging}" is being changed by others`);
}

/**
 * Looks where the escalations of alerts stand of which somebody has just said something, so that those end that have nothing left to tell.
 * It would be found with the next look at all alerts, too.
 */
export async function tellEscalations(ports: EscalatePorts, said: readonly AlertRecord[]): Promise<void> {
  for (const paging of new Set(said.flatMap(({ pagings }) => pagings))) {
    const task = await findEscalationTask(ports.table, paging);
    if (task !== undefined) await goOn(ports, task, said);
  }
}

/**
 * False where others have been quicker each time.
 * @param said alerts as they are now, whatever an index still says of them.
 */
async function goOn(
  { table, clock, engine, pager }: EscalatePorts,
  request: EscalateRequest,
  said: readonly AlertRecord[],
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const paging = await findPaging(table, request.paging);
    const end = endOf(paging, request);
    if (paging === undefined || end !== undefined) {
      await engine.succeedTask(request.taskToken, { end: end ?? 'over' });
      return true;
    }
    const file = (await findAlertGroup(table, paging.group))?.file;
    if (file === undefined) {
      await engine.succeedTask(request.taskToken, { end: 'over' });
      return true;
    }
    const now = Math.floor(clock.now());
    const reached = Math.max(paging.reached ?? 0, request.step);
    const members = await membersOf(table, { paging, file, now, said });
    const next = nextPage({ ...paging, reached }, file, members, now);
    const written = { ...next, revision: paging.revision + 1 };
    if ((await putPaging(table, written)) !== undefined) continue;
    for (const page of written.outbox) await pager.page(page, file);
    await noteSent(table, written);
    return true;
  }
  return false;
}

/** How an escalation has ended; undefined while it goes on. */
function endOf(paging: Paging | undefined, { incident, begun }: EscalateRequest): EscalationEnd | undefined {
  if (paging?.id !== incident || paging.status === 'CLOSED') return 'over';
  if (paging.escalatedAt !== begun) return 'begun anew';
  return paging.isAcknowledged ? 'acknowledged' : undefined;
}

interface Told {
  readonly paging: Paging;
  readonly file: AlertFile;
  readonly now: number;
  readonly said: readonly AlertRecord[];
}

async function membersOf(table: Table, { paging, file, now, said }: Told): Promise<Members> {
  const known = new Map(said.map((alert) => [alert.id, alert]));
  const open = (await openAlerts(table)).map((alert) => known.get(alert.id) ?? alert);
  const records = await listSilences(table);
  const firing = open.filter((alert) => isOpen(alert) && alert.group === paging.group);
  const rules = new Set(firing.map(({ alert }) => alert));
  return {
    alerts: firing.filter(({ pagings }) => pagings.includes(paging.key)),
    isHeldBack: (alert: AlertRecord) =>
      isInhibited(alert, file, rules) || silencedBy(alert, { file, records }, now) !== undefined,
  };
}

/** Pages that are on their way are taken out; where others have written meanwhile, they send the same pages, once. */
async function noteSent(table: Table, paging: Paging): Promise<void> {
  if (paging.outbox.length === 0) return;
  await putPaging(table, { ...paging, outbox: [], revision: paging.revision + 1 });
}
