import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { type PossibleOperation, possibleOperations } from '#executions/operate/possible.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { readToken, signToken } from '#signals/signed-token.ts';
import type { AlertRecord } from '../records/alert-record.ts';
import { findAlert } from '../store/alert-store.ts';
import { findUse, type LinkUse } from './link-uses.ts';

/**
 * What a link permits: whoever was told of an alert to have one thing done, once, to an execution as it stood when the link was made,
 * until then.
 */
const ClaimsSchema = z.strictObject({
  alert: z.string(),
  execution: z.string(),
  verb: z.enum(['resume', 'skip', 'rollback']),
  /** The step that is skipped. */
  path: z.string().exactOptional(),
  /** How the execution stood: {@link standOf}. */
  stood: z.string(),
  /** The receiver that was sent the link. */
  to: z.string(),
  /** ms since the Unix epoch. */
  until: z.number(),
});

/** What a link permits. */
export type ActionClaims = z.infer<typeof ClaimsSchema>;

/** Where links lead. */
export const ALERT_ACTION_PATH = '/v1/alerts/act';

const PURPOSE = 'stepwright alert action v1';
/** How long a link is good for, in ms. */
const GOOD_MS = 86_400_000;

const WORDS = {
  resume: 'Resume',
  skip: 'Skip the step',
  rollback: 'Roll back',
} as const satisfies Record<ActionClaims['verb'], string>;

/** A link by which a receiver can have something done. */
export interface ActionLink {
  readonly verb: ActionClaims['verb'];
  /** What it does, in a word or three. */
  readonly text: string;
  readonly link: string;
}

/** Makes the links of a receiver by which an execution that an alert is about can be helped, for what is possible with it now. */
export async function makeActionLinks(
  ports: ExecutionPorts,
  { alert, execution: id }: { readonly alert: string; readonly execution: string },
  to: string,
): Promise<readonly ActionLink[]> {
  const { links, clock } = ports;
  const base = await links?.baseUrl();
  const found = base === undefined ? undefined : await possibleIn(ports, id);
  if (links === undefined || found === undefined) return [];
  const { execution, possible } = found;
  const signing = { secret: await links.secret(), purpose: PURPOSE };
  const known = { alert, execution: id, to, until: Math.floor(clock.now()) + GOOD_MS };
  return possible.map((operation) => {
    const claims: ActionClaims = { ...known, ...operation, stood: standOf(execution) };
    const link = `${base}${ALERT_ACTION_PATH}?token=${signToken(signing, claims)}`;
    return { verb: operation.verb, text: WORDS[operation.verb], link };
  });
}

/** Undefined where there is no such execution any more: a page is sent without these links. */
async function possibleIn(ports: ExecutionPorts, id: string) {
  try {
    return await possibleOperations(ports, id);
  } catch (error) {
    if (error instanceof StepwrightError) return undefined;
    throw error;
  }
}

/** The same as long as nobody has done anything to an execution and it has come to no other end. */
function standOf({ status, endedAt = 0, pausedAt = 0, redriveCount = 0 }: ExecutionView): string {
  return `${status} ${endedAt} ${pausedAt} ${redriveCount}`;
}

/** Where a link leads. */
export type FollowedAction =
  /** It was not made here, or was cut off, or what it is about is no more. */
  | { readonly state: 'invalid' }
  | {
      readonly state: 'expired' | 'changed';
      readonly claims: ActionClaims;
      readonly execution: ExecutionView;
    }
  | {
      readonly state: 'used';
      readonly claims: ActionClaims;
      readonly execution: ExecutionView;
      readonly use: LinkUse;
    }
  | OpenAction;

/** A link by which something can be done. */
export interface OpenAction {
  readonly state: 'open';
  readonly token: string;
  readonly claims: ActionClaims;
  readonly alert: AlertRecord;
  readonly execution: ExecutionView;
}

/** Looks where the link of a token leads; changes nothing. A token that was not made here costs no look into the table. */
export async function followAction(ports: ExecutionPorts, token: string): Promise<FollowedAction> {
  const { links, table, clock } = ports;
  const signing = links && { secret: await links.secret(), purpose: PURPOSE };
  const read = ClaimsSchema.safeParse(signing && readToken(signing, token));
  if (!read.success) return { state: 'invalid' };
  const claims = read.data;
  const alert = await findAlert(table, claims.alert);
  const found = alert && (await possibleIn(ports, claims.execution));
  if (alert === undefined || found === undefined) return { state: 'invalid' };
  const { execution, possible } = found;
  const use = await findUse(table, claims.alert, token);
  if (use !== undefined) return { state: 'used', claims, execution, use };
  if (clock.now() >= claims.until) return { state: 'expired', claims, execution };
  const isPossible = possible.some((operation) => isMeant(operation, claims));
  if (!isPossible || standOf(execution) !== claims.stood) return { state: 'changed', claims, execution };
  return { state: 'open', token, claims, alert, execution };
}

function isMeant(operation: PossibleOperation, { verb, path }: ActionClaims): boolean {
  return operation.verb === verb && (operation.verb !== 'skip' || operation.path === path);
}
