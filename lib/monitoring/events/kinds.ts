import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { COMMAND_STATUSES } from '#devices/command.ts';
import { EXECUTION_STATUSES } from '#executions/execution.ts';
import { OPERATIONS } from '#executions/operate/action.ts';

/** A kind of event: what it means, and what is in its `data`. */
interface KindDescription<Data extends z.ZodObject> {
  readonly meaning: string;
  readonly data: Data;
}

function kind<Shape extends z.core.$ZodLooseShape>(
  meaning: string,
  shape: Shape,
): KindDescription<z.ZodObject<Shape>> {
  return { meaning, data: z.object(shape) };
}

const instant = (what: string) => z.string().optional().describe(`${what}: ISO 8601, in UTC.`);
const ms = (what: string) => z.number().optional().describe(`${what}, in ms.`);

const failure = {
  error: z.string().optional().describe('Name of the error.'),
  cause: z.string().optional().describe('Why, at most 500 characters of it.'),
};

const ended = {
  status: z.enum(EXECUTION_STATUSES),
  ...failure,
  tookMs: ms('From its start to now'),
  redriveCount: z.number().int().optional().describe('How often it has been redriven.'),
};

const sent = {
  name: z.string().describe('The command, such as `firmware.install`.'),
  status: z.enum(COMMAND_STATUSES),
  attempt: z.number().int(),
  undoes: z.string().optional().describe('Id of the command that this one undoes.'),
  verifies: z.string().optional().describe('Id of the command that this one asks about.'),
};

const done = {
  ...sent,
  ...failure,
  waitedMs: ms('From when it was issued until it was sent'),
  tookMs: ms('From when it was sent until it ended'),
  expected: z.boolean().optional().describe('Whether its result was what the step expects.'),
  type: z.string().optional().describe('What its device was when it was issued.'),
  zone: z.string().optional().describe('Where its device was when it was issued.'),
  strategy: z.string().optional().describe('How its device was chosen; absent where the step names it.'),
};

const units = {
  pools: z.record(z.string(), z.number()).describe('Units by pool.'),
  waitedMs: ms('In line'),
  heldMs: ms('Held'),
};

const alarm = {
  alarm: z.string().describe('Its name.'),
  description: z.string().optional().describe('What it means, and what to do.'),
  error: z.string().optional().describe('Why, in the words of CloudWatch.'),
};

const step = {
  status: z.string(),
  attempts: z.number().int(),
  startedAt: instant('When it began'),
  endedAt: instant('When it ended'),
  tookMs: ms('From its begin to its end'),
  ...failure,
  isCached: z.boolean().optional().describe('Whether an equal run had left its result.'),
};

const approval = {
  group: z.string(),
  dueAt: instant('Until when an answer counts'),
  waitedMs: ms('From when it was asked for'),
};

const amount = z.number().int();

const call = { service: z.string().describe('Host of the service.'), ...failure };

const alert = {
  id: z.string().describe('Id of the alert.'),
  group: z.string().describe('Its group: the name of its file.'),
  alert: z.string().describe('Id of its rule.'),
  title: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  values: z.record(z.string(), z.string()).describe('What it is told apart by.'),
  value: z.number().optional().describe('What was held against its bounds.'),
};

const answered = {
  ...alert,
  by: z.string().optional().describe('Who has said so; of one that is well again, nobody.'),
  tookMs: ms('Since it fired'),
};

const ability = { ability: z.string().describe('Capability, or `*`.') };

/** Every kind of event. `docs/reference/events.md` is made of this. */
export const EVENT_KINDS = {
  'execution.started': kind('An execution was put on record and starts.', {
    alias: z.string().optional().describe('The alias by which it was started.'),
    startedBy: z.string().optional(),
    parent: z.string().optional().describe('Execution whose step has called it.'),
    unprovenUndos: z
      .number()
      .int()
      .optional()
      .describe('Of how many steps no drill has proven the undo; absent where all are proven.'),
  }),
  'execution.succeeded': kind('It came to its end.', ended),
  'execution.failed': kind('It failed, and nothing had to be undone.', ended),
  'execution.timed-out': kind('It took longer than its `timeout`.', ended),
  'execution.stopped': kind('Somebody stopped it, and nothing had to be undone.', ended),
  'execution.rolling-back': kind('It did not succeed, and what it did is being undone.', ended),
  'execution.rolled-back': kind('All that it did was undone.', ended),
  'execution.rollback-incomplete': kind('Something that it did is left, or may be.', ended),
  'execution.paused': kind('It begins no step until it is resumed.', {}),
  'execution.resumed': kind('It goes on.', { pausedMs: ms('How long it was paused') }),
  'execution.redriven': kind('It goes on from what had failed.', {
    redriveCount: z.number().int().optional(),
    from: z.enum(EXECUTION_STATUSES),
  }),
  'execution.measured': kind(
    'What it has taken of AWS, or would have there, is known: it has said its last.',
    {
      ...{ stateTransitions: amount, lambdaCalls: amount, readUnits: amount, writeUnits: amount },
      dollars: z.number().describe('US dollars, at the prices of the forecast.'),
    },
  ),
  'operator.acted': kind('An operator has done something to an execution, or was refused.', {
    operation: z.enum(OPERATIONS),
    by: z.string(),
    reason: z.string().optional(),
    refused: z.string().optional().describe('Why nothing came of it.'),
  }),

  'step.succeeded': kind('A step came to its end.', step),
  'step.failed': kind('A step failed.', step),
  'step.skipped': kind('A step was not run.', step),
  'step.cancelled': kind('A step was cut off.', step),
  'step.compensated': kind('What a step did was undone.', step),
  'step.compensation-failed': kind('What a step did is left, or may be.', step),
  'step.waiting': kind('A step waits for an event.', { event: z.string() }),
  'step.waited': kind('A step waits for an event no more: it came, its time is up, or nobody wants it.', {
    event: z.string(),
  }),
  'step.cached': kind('A step was answered by a result that an equal run had left.', {}),
  'step.iteration-failed': kind('An iteration failed, and counts against what is tolerated.', {}),
  'rollout.waiting': kind('A rollout waits between waves, or an iteration to begin.', {
    action: z.string().describe('For what.'),
  }),
  'rollout.waited': kind('It waits no more.', { action: z.string() }),

  'command.queued': kind('A command waits in the mailbox of its device.', sent),
  'command.sent': kind('A command was sent, at once or from the mailbox.', {
    ...sent,
    waitedMs: done.waitedMs,
  }),
  'command.delivered': kind('The device has it.', sent),
  'command.running': kind('The device has begun with it.', sent),
  'command.succeeded': kind('The device says that it was done.', done),
  'command.failed': kind('The device says that it failed, or would not do it.', done),
  'command.timed-out': kind('No answer came in time; what the device did is unknown.', done),
  'command.expired': kind('It was not sent in time.', done),
  'command.cancelled': kind('It was taken back before it was sent.', done),
  'command.undone': kind('What it did was undone.', { ...sent, by: z.string().describe('Id of the undo.') }),
  'command.undo-failed': kind('Its undo was given up.', { ...sent, ...failure }),
  'command.verified': kind('It was found out whether it took effect.', {
    ...sent,
    tookEffect: z.boolean(),
  }),

  'call.opened': kind('A call over HTTP that can be undone is made.', call),
  'call.done': kind('The service has answered it.', call),
  'call.refused': kind('The service did not take it.', call),
  'call.unknown': kind('Whether the service took it is unknown.', call),
  'call.undone': kind('It was undone.', call),

  'device.registered': kind('A device was registered.', { type: z.string(), zone: z.string().optional() }),
  'device.changed': kind('What it is was changed: type, zone, capabilities or tags.', {
    changed: z.array(z.string()),
  }),
  'device.removed': kind('It is registered no more.', {
    type: z.string(),
    zone: z.string().optional(),
    status: z.enum(['online', 'offline']),
  }),
  'device.online': kind('It came.', {}),
  'device.offline': kind('It went, or has not been heard of.', {}),
  'device.reported': kind('It reports another state than before.', {
    changed: z.array(z.string()).describe('Fields that are new or have changed, 50 at most.'),
  }),
  'device.breaker-opened': kind('It failed several times in a row, and is left out for a time.', {
    ...ability,
    until: instant('Until when at least'),
  }),
  'device.quarantined': kind('It fails far more often than others like it, and is left out for a time.', {
    ...ability,
    until: instant('Until when at least'),
  }),
  'device.breaker-closed': kind('A command that tried it succeeded, and it is chosen again.', ability),

  'decision.made': kind('A step was decided.', {
    decision: z.string().optional(),
    version: z.string().optional().describe('Of the decision.'),
    because: JsonObjectSchema.describe('Which rules held, or which branches were taken.'),
  }),
  'decision.published': kind('A version of a decision was published.', {
    name: z.string(),
    version: z.string(),
  }),
  'workflow.published': kind('A version of a workflow was published.', {}),
  'workflow.drilled': kind('What a drill has found of the undo of a version was put on record.', {
    undos: z.number().int().describe('How many of its steps can be undone.'),
    unproven: z.number().int().describe('Of how many the undo is not proven.'),
  }),
  'workflow.alias-moved': kind('An alias points to another version, or to two.', { alias: z.string() }),

  'lease.requested': kind('A step stands in line for units of pools.', units),
  'lease.granted': kind('A step holds units of pools.', units),
  'lease.refused': kind('A step does not get its units.', { ...units, ...failure }),
  'lease.released': kind('Units were given back.', units),
  'lease.left': kind('A step has left the line without units.', units),
  'pool.limited': kind('A pool has so many units from now on.', {
    pool: z.string(),
    limit: z.number().int(),
  }),

  'approval.asked': kind('People are asked.', approval),
  'approval.voted': kind('Somebody has said something.', {
    group: z.string(),
    by: z.string(),
    decision: z.enum(['approve', 'reject']),
    via: z.string(),
  }),
  'approval.escalated': kind('Others are asked, too.', { ...approval, to: z.string() }),
  'approval.approved': kind('Enough have approved.', approval),
  'approval.rejected': kind('Somebody, or as many as it takes, rejected.', approval),
  'approval.expired': kind('Not enough people have answered in time.', approval),
  'approval.cancelled': kind('Nobody wants to know any more.', approval),

  'alarm.raised': kind('On AWS: CloudWatch has raised an alarm.', alarm),
  'alarm.cleared': kind('On AWS: an alarm of CloudWatch is over.', alarm),

  'alert.firing': kind('Something is as a rule says that it should not be.', alert),
  'alert.acknowledged': kind('Somebody looks after it.', answered),
  'alert.resolved': kind('It is well again, or somebody says that it is over.', answered),
  'alert.rules-changed': kind('The rules of a group of alerts were published, or taken away.', {
    group: z.string(),
    removed: z.boolean(),
  }),
} as const;

/** The name of a kind of event. */
export type EventKind = keyof typeof EVENT_KINDS;

/** What is in the `data` of a kind. */
export type EventData<Kind extends EventKind> = z.infer<(typeof EVENT_KINDS)[Kind]['data']>;

/** Whether a text names a kind of event. */
export function isEventKind(name: unknown): name is EventKind {
  return typeof name === 'string' && Object.hasOwn(EVENT_KINDS, name);
}

/** What stands before the dot of a kind. */
export const EVENT_FAMILIES = [
  ...new Set(Object.keys(EVENT_KINDS).map((name) => name.split('.')[0] ?? '')),
] as const;
