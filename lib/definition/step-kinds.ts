import type { z } from 'zod';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { UnreadListSchema } from './fields.ts';
import { approveSchema, readApproveStep } from './kinds/approve.ts';
import { aslSchema, readAslStep } from './kinds/asl.ts';
import { chooseSchema, readChooseStep } from './kinds/choose.ts';
import { commandSchema, readCommandStep, routedCommandSchema } from './kinds/command.ts';
import { decideSchema, readDecideStep } from './kinds/decide.ts';
import { devicesSchema, readDevicesStep } from './kinds/devices.ts';
import { failSchema, readFailStep } from './kinds/fail.ts';
import { forEachSchema, readForEachStep } from './kinds/for-each.ts';
import { httpSchema, readHttpStep } from './kinds/http.ts';
import { lockSchema, readLockStep } from './kinds/lock.ts';
import { notifySchema, readNotifyStep } from './kinds/notify.ts';
import { parallelSchema, readParallelStep } from './kinds/parallel.ts';
import { readSetStep, setSchema } from './kinds/set.ts';
import { readSucceedStep, succeedSchema } from './kinds/succeed.ts';
import { eventSchema, readEventStep, readWaitStep, waitSchema } from './kinds/wait.ts';
import { readWhileStep, whileSchema } from './kinds/while.ts';
import { readWorkflowStep, workflowStepSchema } from './kinds/workflow.ts';
import type { Step } from './model.ts';
import type { Reading } from './reading.ts';
import { checkShape, type Place, type Shaped } from './shape.ts';

/** The field that makes a step one of a kind. */
export const STEP_KINDS = [
  ...([
    'command',
    'devices',
    'choose',
    'parallel',
    'forEach',
    'while',
    'wait',
    'approve',
    'workflow',
  ] as const),
  ...(['decide', 'http', 'notify', 'lock', 'asl', 'set', 'succeed', 'fail'] as const),
] as const;

/** The field that makes a step one of a kind. */
export type StepKind = (typeof STEP_KINDS)[number];

/** The schema of every form of step, over a schema of a list of steps. */
export function stepSchemas<List extends z.ZodType>(list: List) {
  return [
    commandSchema(list),
    routedCommandSchema(list),
    devicesSchema(list),
    chooseSchema(list),
    parallelSchema(list),
    forEachSchema(list),
    whileSchema(list),
    waitSchema(),
    eventSchema(list),
    approveSchema(list),
    workflowStepSchema(list),
    decideSchema(list),
    httpSchema(list),
    notifySchema(list),
    lockSchema(list),
    aslSchema(list),
    setSchema(),
    succeedSchema(),
    failSchema(),
  ] as const;
}

/** Reads a step whose kind is known, or says what is wrong with it. */
export type StepKindReader = (raw: JsonObject, place: Place, reading: Reading) => Shaped<Step>;

/** How each kind of step is read. */
export const STEP_READERS: Readonly<Record<StepKind, StepKindReader>> = {
  command: commandReader(),
  devices: reader(devicesSchema(UnreadListSchema), readDevicesStep),
  choose: reader(chooseSchema(UnreadListSchema), readChooseStep),
  parallel: reader(parallelSchema(UnreadListSchema), readParallelStep),
  forEach: reader(forEachSchema(UnreadListSchema), readForEachStep),
  while: reader(whileSchema(UnreadListSchema), readWhileStep),
  wait: waitReader(),
  approve: reader(approveSchema(UnreadListSchema), readApproveStep),
  workflow: reader(workflowStepSchema(UnreadListSchema), readWorkflowStep),
  decide: reader(decideSchema(UnreadListSchema), readDecideStep),
  http: reader(httpSchema(UnreadListSchema), readHttpStep),
  notify: reader(notifySchema(UnreadListSchema), readNotifyStep),
  lock: reader(lockSchema(UnreadListSchema), readLockStep),
  asl: reader(aslSchema(UnreadListSchema), readAslStep),
  set: reader(setSchema(), readSetStep),
  succeed: reader(succeedSchema(), readSucceedStep),
  fail: reader(failSchema(), readFailStep),
};

function reader<Schema extends z.ZodObject>(
  schema: Schema,
  read: (step: z.infer<Schema>, reading: Reading) => Step,
): StepKindReader {
  return (raw, place, reading) => {
    const shaped: Shaped<z.infer<Schema>> = checkShape(schema, raw, place);
    return shaped.ok ? { ok: true, value: read(shaped.value, reading) } : shaped;
  };
}

/** A command goes to a device that it names, or to one that is chosen. */
function commandReader(): StepKindReader {
  const named = reader(commandSchema(UnreadListSchema), readCommandStep);
  const routed = reader(routedCommandSchema(UnreadListSchema), readCommandStep);
  return (raw, place, reading) => {
    if (raw['on'] === undefined) return named(raw, place, reading);
    if (raw['device'] === undefined) return routed(raw, place, reading);
    const message = '"on" cannot stand beside "device"';
    const finding = { code: 'SW1101', message, hint: 'take one away' } as const;
    return { ok: false, diagnostics: [place.source.diagnose([...place.path, 'on'], finding, 'key')] };
  };
}

/** A wait for an event is a form of its own: it can fail. */
function waitReader(): StepKindReader {
  const forTime = reader(waitSchema(), readWaitStep);
  const forEvent = reader(eventSchema(UnreadListSchema), readEventStep);
  return (raw, place, reading) => {
    const { wait } = raw;
    const isForEvent = isJsonObject(wait) && wait['event'] !== undefined;
    return isForEvent ? forEvent(raw, place, reading) : forTime(raw, place, reading);
  };
}
