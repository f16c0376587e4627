import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';

/** Tries of one undo command, with growing delay between them. */
const UNDO_RETRY = { IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 30 };

/**
 * An undo ends by its own deadlines, and one that was never begun is found by the watch (unwind-watch.ts); this is for when even they
 * fail. Two days. A number, as an emulator takes no expression there.
 */
const UNDO_BACKSTOP_SECONDS = 172_800;

/** How long a call of the handler may take until its token is answered, in seconds. */
const CALL_TIMEOUT_SECONDS = 60;

/**
 * Whatever a call breaks by (Lambda, its time, a table that throttles), it says nothing of what it was called for: the handler does
 * the same when it is called again.
 */
export const CALL_RETRY = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
};

/** The undo of a called workflow has an end, which its own watch sees to; this is for when even that fails. Seven days. */
const WORKFLOW_BACKSTOP_SECONDS = 604_800;

/** A call over HTTP takes five minutes at most; this is for when its handler is lost. */
const HTTP_BACKSTOP_SECONDS = 360;

const INPUT = '$states.context.Execution.Input';

/** Of which execution, iteration and round an unwind is, as values of States Language. */
export const SCOPE = {
  execution: `{% ${INPUT}.execution %}`,
  scope: `{% ${INPUT}.scope %}`,
  run: `{% ${orZero(`${INPUT}.run`)} %}`,
  round: `{% ${orZero(`${INPUT}.round`)} %}`,
  ofSuccess: `{% $exists(${INPUT}.ofSuccess) and ${INPUT}.ofSuccess %}`,
};

/** The states by which one command is undone, or asked about; what fails for good is noted. */
export function undoOne(): JsonObject {
  return statesOfUndo({
    names: ['undo', 'give up'],
    token: MACHINE_TOKENS.command,
    id: '{% $exists($states.input.undoes) ? $states.input.undoes : $states.input.verifies %}',
    timeoutSeconds: UNDO_BACKSTOP_SECONDS,
    action: 'give-up',
  });
}

/** The states by which one call over HTTP is undone; what fails for good is noted. */
export function undoOneHttp(): JsonObject {
  return statesOfUndo({
    names: ['undo call', 'leave call'],
    token: MACHINE_TOKENS.callHttp,
    id: '{% $states.input.undoes %}',
    timeoutSeconds: HTTP_BACKSTOP_SECONDS,
    action: 'give-up-http',
  });
}

/** An undo that is tried several times by a handler, and noted when it has failed for good. */
interface TriedUndo {
  /** Of the state that tries it, and of the one that notes it. */
  readonly names: readonly [string, string];
  /** From `MACHINE_TOKENS`: the handler. */
  readonly token: string;
  /** Whose undo it is, as a value of States Language. */
  readonly id: string;
  readonly timeoutSeconds: number;
  /** By which the unwind function notes it. */
  readonly action: string;
}

function statesOfUndo({ names: [undo, giveUp], token, id, timeoutSeconds, action }: TriedUndo): JsonObject {
  return {
    StartAt: undo,
    States: {
      [undo]: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: {
          FunctionName: `\${${token}}`,
          Payload: `{% $merge([$states.input, {
            'taskToken': $states.context.Task.Token,
            'attempt': $states.input.attempt + $states.context.State.RetryCount
          }]) %}`,
        },
        TimeoutSeconds: timeoutSeconds,
        Retry: [{ ErrorEquals: ['States.ALL'], ...UNDO_RETRY, JitterStrategy: 'FULL' }],
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: {
              id,
              error: '{% $states.errorOutput.Error %}',
              cause: "{% $states.errorOutput.Cause & '' %}",
            },
            Next: giveUp,
          },
        ],
        Output: {},
        End: true,
      },
      [giveUp]: {
        ...callUnwind({
          action,
          id: '{% $states.input.id %}',
          round: SCOPE.round,
          error: '{% $states.input.error %}',
          cause: '{% $states.input.cause %}',
        }),
        Retry: [CALL_RETRY],
        End: true,
      },
    },
  };
}

/** The states by which one called workflow is undone: it unwinds itself, with tries of its own. */
export function undoOneWorkflow(): JsonObject {
  const id = '{% $states.input.id %}';
  return {
    StartAt: 'undo workflow',
    States: {
      'undo workflow': {
        ...callUnwind({ action: 'undo-workflow', id, round: SCOPE.round }),
        TimeoutSeconds: WORKFLOW_BACKSTOP_SECONDS,
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: {
              id,
              error: '{% $states.errorOutput.Error %}',
              cause: "{% $states.errorOutput.Cause & '' %}",
            },
            Next: 'leave workflow',
          },
        ],
        Output: {},
        End: true,
      },
      'leave workflow': {
        ...callUnwind({
          action: 'give-up-workflow',
          id,
          round: SCOPE.round,
          error: '{% $states.input.error %}',
          cause: '{% $states.input.cause %}',
        }),
        Retry: [CALL_RETRY],
        End: true,
      },
    },
  };
}

/** A call of the unwind function, which answers with what it gives. */
export function callUnwind(request: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: `\${${MACHINE_TOKENS.unwind}}`,
      Payload: { taskToken: '{% $states.context.Task.Token %}', request },
    },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Output: '{% $states.result %}',
  };
}

/** An expression for a number that may not be there. */
export function orZero(path: string): string {
  return `$exists(${path}) ? ${path} : 0`;
}
