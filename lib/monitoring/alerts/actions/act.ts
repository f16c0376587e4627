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
import { giveBack, noteRefused, useUp } from './link-uses.ts';

/** What came of the use of a link. */
export type Acted =
  | { readonly outcome: 'done'; readonly execution: Execution }
  /** The execution, or its engine, has refused it. */
  | { readonly outcome: 'refused'; readonly why: string; readonly hint: string }
  /** Somebody else was quicker. */
  | { readonly outcome: 'used' };

const DID = {
  resume: 'resumed',
  skip: 'skipped',
  rollback: 'rolled back',
} as const satisfies Record<ActionClaims['verb'], string>;

/**
 * Does what a link permits, in the name of the receiver that it was sent to, and never again by this link: it is used up before anything
 * is done. Who acts looks after the alert: it is acknowledged. What they did is told by the execution and by the alert.
 */
export async function actByLink(ports: ExecutionPorts, { token, claims }: OpenAction): Promise<Acted> {
  const { table, clock } = ports;
  const { alert, to: by, verb, execution, path } = claims;
  if (!(await useUp(table, { alert, token }, { by, at: Math.floor(clock.now()) })))
    return { outcome: 'used' };
  try {
    const after = await operate(ports, claims);
    const step = path === undefined ? '' : `, step ${path}`;
    const why = `execution ${execution}${step}, by link`;
    await alertsAnswered(ports, [await noteActed(ports, alert, { by, why }, DID[verb])]);
    return { outcome: 'done', execution: after };
  } catch (error) {
    if (!(error instanceof StepwrightError) || error.kind === 'unavailable') {
      // It may be tried again: where it was done after all, the execution stands differently, and the link is good for nothing.
      await giveBack(table, { alert, token });
      throw error;
    }
    await noteRefused(table, { alert, token }, error.message);
    return { outcome: 'refused', why: error.message, hint: error.hint ?? '' };
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
