import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';

/** Most undo commands that run at once; the rest of a layer follow. */
const UNDO_CONCURRENCY = 40;

/** Tries of one undo command, with growing delay between them. */
const UNDO_RETRY = { IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 30 };

/** An undo ends by its own deadlines; this is for when even they fail. Two days. */
const UNDO_BACKSTOP_SECONDS = 172_800;

/** How long it is waited for commands still in flight: each ends by its answer or its deadline. */
const IN_FLIGHT_RETRY = { IntervalSeconds: 1, MaxAttempts: 1_000_000, BackoffRate: 1.5, MaxDelaySeconds: 15 };

/** How long a call of the handler may take until its token is answered, in seconds. */
const CALL_TIMEOUT_SECONDS = 60;

/** Errors of a Lambda call that say nothing of what it was called for. */
const CALL_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

const SCOPE = {
  execution: '{% $states.context.Execution.Input.execution %}',
  scope: '{% $states.context.Execution.Input.scope %}',
};

/**
 * The machine that undoes what an execution, or one iteration of it, has completed: layer by layer (undo-order.ts), the
 * commands of a layer side by side, each tried several times. An undo that fails for good is noted and passed over, so
 * that all that can be undone is.
 */
export const UNWIND_MACHINE: Machine = {
  name: 'unwind',
  definition: {
    Comment: 'Undoes completed commands in reverse dependency order.',
    QueryLanguage: 'JSONata',
    StartAt: 'next layer',
    States: {
      'next layer': {
        ...callUnwind({ action: 'next', ...SCOPE }),
        Retry: [
          { ErrorEquals: ['Saga.InFlight'], ...IN_FLIGHT_RETRY },
          { ErrorEquals: CALL_ERRORS, IntervalSeconds: 1, MaxAttempts: 6, BackoffRate: 2 },
        ],
        Next: 'anything left',
      },
      'anything left': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($states.input.requests) > 0 %}', Next: 'undo layer' }],
        Default: 'finish',
      },
      'undo layer': {
        Type: 'Map',
        Items: '{% $states.input.requests %}',
        MaxConcurrency: UNDO_CONCURRENCY,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...undoOne() },
        Output: {},
        Next: 'next layer',
      },
      finish: { ...callUnwind({ action: 'finish', ...SCOPE }), End: true },
    },
  },
};

function undoOne(): JsonObject {
  return {
    StartAt: 'undo',
    States: {
      undo: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: {
          FunctionName: `\${${MACHINE_TOKENS.command}}`,
          Payload: `{% $merge([$states.input, {
            'taskToken': $states.context.Task.Token,
            'attempt': $states.context.State.RetryCount
          }]) %}`,
        },
        TimeoutSeconds: UNDO_BACKSTOP_SECONDS,
        Retry: [{ ErrorEquals: ['States.ALL'], ...UNDO_RETRY, JitterStrategy: 'FULL' }],
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: {
              id: '{% $states.input.undoes %}',
              error: '{% $states.errorOutput.Error %}',
              cause: "{% $states.errorOutput.Cause & '' %}",
            },
            Next: 'give up',
          },
        ],
        Output: {},
        End: true,
      },
      'give up': {
        ...callUnwind({
          action: 'give-up',
          id: '{% $states.input.id %}',
          error: '{% $states.input.error %}',
          cause: '{% $states.input.cause %}',
        }),
        End: true,
      },
    },
  };
}

function callUnwind(request: JsonObject): JsonObject {
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
