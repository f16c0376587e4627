import { StepwrightError } from '#core/error.ts';
import type { Execution } from '#executions/execution.ts';
import { resumeExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { skipStep } from '#executions/operate/skip.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { alertsAnswered } from '../alerts-answered.ts';
import { noteActed } from '../store/answer-alert.ts';
import type { ActionClaims, OpenAction } from './action-links.ts';
import { DID, giveBack, noteOutcome, useUp, useWords } from './link-uses.ts';

/** What came of the use of a link. */
export type Acted =
  | { readonly outcome: 'done'; readonly execution: Execution }
  /** The execution, or its engine, has refused it. */
  | { readonly outcome: 'refused'; readonly why: string; readonly hint: string }
  /** Somebody else was quicker. */
  | { readonly outcome: 'used' };

/**
 * Does what a link permits, in the name of the receiver that it was sent to, and never again by this link: it is used up before anything
 * is done. Who acts looks after the alert: it is acknowledged. What they did is told by the execution and by the alert.
 */
export async function actByLink(ports: ExecutionPorts, { token, claims }: OpenAction): Promise<Acted> {
  const { table, clock } = ports;
  const { alert, to: by, verb, execution, path } = claims;
  const link = { alert, token };
  const what = { verb, execution, ...(path === undefined ? {} : { path }) };
  if (!(await useUp(table, link, { by, at: Math.floor(clock.now()), ...what }))) return { outcome: 'used' };
  const operated = await tried(ports, { token, claims });
  if ('refused' in operated) return operated.refused;
  await noteOutcome(table, link, { is: 'done' });
  await noteOfAlert(ports, claims);
  return { outcome: 'done', execution: operated.execution };
}

async function noteOfAlert(ports: ExecutionPorts, claims: ActionClaims): Promise<void> {
  const { alert, to: by, verb } = claims;
  try {
    const noted = await noteActed(ports, alert, { by, why: useWords(claims) }, DID[verb]);
    await alertsAnswered(ports, [noted]);
  } catch (error) {
    // Others change the alert: what was done is told by the use of the link all the same.
    if (!(error instanceof StepwrightError && error.kind === 'conflict')) throw error;
  }
}

/** Does it, once the link is used up. */
async function tried(
  ports: ExecutionPorts,
  { token, claims }: Pick<OpenAction, 'token' | 'claims'>,
): Promise<{ readonly execution: Execution } | { readonly refused: Extract<Acted, { outcome: 'refused' }> }> {
  const link = { alert: claims.alert, token };
  try {
    return { execution: await operate(ports, claims) };
  } catch (error) {
    if (!(error instanceof StepwrightError) || error.kind === 'unavailable') {
      // It may be tried again: where it was done after all, the execution stands differently, and the link is good for nothing.
      await giveBack(ports.table, link);
      throw error;
    }
    await noteOutcome(ports.table, link, { is: 'refused', why: error.message });
    return { refused: { outcome: 'refused', why: error.message, hint: error.hint ?? '' } };
  }
}

async function operate(
  ports: ExecutionPorts,
  { alert, to: by, verb, execution: id, path = '', stood }: ActionClaims,
): Promise<Execution> {
  const operator = { by, reason: `by a link of the alert ${alert}` };
  switch (verb) {
    case 'resume':
      return stood.startsWith('RUNNING ')
        ? resumeExecution(ports, id, operator)
        : redriveExecution(ports, id, operator);
    case 'skip':
      return skipStep(ports, id, { ...operator, path, output: null });
    case 'rollback':
      return rollbackExecution(ports, id, operator);
  }
}
