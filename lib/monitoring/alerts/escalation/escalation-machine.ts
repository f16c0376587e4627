import { createHash } from 'node:crypto';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { FAILURES_OF_CALLS } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { ExecutionRef, Machine } from '#engine/engine.ts';
import { ESCALATION_PREFIX } from '#executions/escalation-machine-name.ts';
import { type Escalation, type EscalationStep, escalationSteps } from '../routing/escalation.ts';

/** So much of a name is shown in that of a machine, which has 80 characters at most, with what AWS puts before it. */
const SHOWN = 20;

/** The machines of all escalations of a file, by name of the escalation. */
export function escalationMachines({
  alerts,
  escalations = {},
}: Pick<AlertFile, 'alerts' | 'escalations'>): ReadonlyMap<string, Machine> {
  return new Map(
    Object.entries(escalations).map(([name, escalation]) => [
      name,
      escalationMachine(`${alerts.slice(0, SHOWN)}_${name.slice(0, SHOWN)}`, escalation),
    ]),
  );
}

/** The execution of an escalation that begins: the same however often it is begun. */
export function escalationRef(
  machine: Pick<Machine, 'name'>,
  { incident, at }: { readonly incident: string; readonly at: number },
): ExecutionRef {
  const hash = createHash('sha256').update(incident).digest('hex').slice(0, 16);
  return {
    machine: machine.name,
    name: `${incident.split('.', 1)[0]}-${hash}-${Math.floor(at).toString(36)}`,
  };
}

/**
 * An escalation in States Language. Each level is a task that waits until somebody acknowledges, or all is over; its handler tells
 * whoever is on call then. When the time until the next step is up, that comes: the same level again, the next one, or the first of
 * the next round. Machines never change: its name holds a hash of what it does.
 */
function escalationMachine(shown: string, escalation: Escalation): Machine {
  const definition = definitionOf(escalation);
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 8);
  return { name: `${ESCALATION_PREFIX}${shown}_${hash}`, definition };
}

/** Steps of one round that follow each other in one state: those of a level that are the same time apart. */
interface Segment {
  readonly name: string;
  /** How many steps of the round end with it. */
  readonly until: number;
  readonly seconds: number;
}

function definitionOf(escalation: Escalation): JsonObject {
  const steps = escalationSteps(escalation);
  const segments = segmentsOf(escalation);
  const perRound = segments.at(-1)?.until ?? 0;
  const [first] = segments;
  const beforeMs = steps[0]?.afterMs ?? 0;
  const begin = beforeMs > 0 ? 'before the first level' : (first?.name ?? NOBODY);
  const place = `($states.input.step - 1) % ${perRound}`;
  return {
    Comment: 'Tells level after level of alerts, until somebody acknowledges.',
    QueryLanguage: 'JSONata',
    StartAt: begin,
    States: {
      ...(beforeMs > 0
        ? {
            [begin]: {
              ...{ Type: 'Wait', Seconds: secondsOf(beforeMs) },
              Next: first?.name ?? NOBODY,
            },
          }
        : {}),
      ...Object.fromEntries(segments.map((segment) => [segment.name, levelState(segment)])),
      [NEXT]: {
        Type: 'Choice',
        Choices: [
          { Condition: `{% $states.input.step > ${steps.length} %}`, Next: NOBODY },
          ...segments.map(({ name, until }) => ({ Condition: `{% ${place} < ${until} %}`, Next: name })),
        ],
        Default: NOBODY,
      },
      [NOBODY]: { Type: 'Pass', Output: { end: 'unanswered' }, End: true },
    },
  };
}

const NEXT = 'next step';
const NOBODY = 'nobody has acknowledged';

/** Divides the steps of a round. The last of them waits until the first of the next round would come, whether there is one or not. */
function segmentsOf(escalation: Escalation): readonly Segment[] {
  const two = escalationSteps({ ...escalation, rounds: 2 });
  const round = two.filter((step) => step.round === 1);
  const segments: Segment[] = [];
  for (const [index, step] of round.entries()) {
    const seconds = secondsOf((two[index + 1] ?? step).afterMs - step.afterMs);
    const last = segments.at(-1);
    const isSame = index > 0 && round[index - 1]?.level === step.level && last?.seconds === seconds;
    if (last !== undefined && isSame) segments[segments.length - 1] = { ...last, until: index + 1 };
    else segments.push({ name: nameOf(step, last), until: index + 1, seconds });
  }
  return segments;
}

function nameOf({ level }: EscalationStep, before: Segment | undefined): string {
  const name = `level ${level}`;
  return before?.name === name ? `${name}, for the last time` : name;
}

/** A time limit has whole seconds, and one at least. */
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

function levelState({ seconds }: Segment): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: `\${${MACHINE_TOKENS.escalate}}`,
      Payload: "{% $merge([$states.input, { 'taskToken': $states.context.Task.Token }]) %}",
    },
    TimeoutSeconds: seconds,
    // The handler does the same when it is called again.
    Retry: [{ ErrorEquals: [...FAILURES_OF_CALLS], MaxAttempts: 6, JitterStrategy: 'FULL' }],
    Catch: [
      {
        ErrorEquals: ['States.Timeout'],
        Output: "{% $merge([$states.input, { 'step': $states.input.step + 1 }]) %}",
        Next: NEXT,
      },
    ],
    Output: '{% $states.result %}',
    End: true,
  };
}
