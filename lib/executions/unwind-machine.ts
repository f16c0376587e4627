import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';

/** Most undo commands that run at once; the rest of a layer follow. */
const UNDO_CONCURRENCY = 40;

/** Tries of one undo command, with growing delay between them. */
const UNDO_RETRY = { IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 30 };

/** How much longer than its own deadlines a task of an undo is waited for, in seconds, should even they fail. */
const BACKSTOP_SECONDS = 30;

/** How long it is waited for commands still in flight, each of which ends by its answer or its deadline; then another machine goes on. */
const IN_FLIGHT_RETRY = { IntervalSeconds: 1, MaxAttempts: 1_000, BackoffRate: 1.5, MaxDelaySeconds: 15 };

/** How long a call of the handler may take until its token is answered, in seconds. */
const CALL_TIMEOUT_SECONDS = 60;

/** Errors of a call that say nothing of what it was called for: the handler does the same when it is called again. */
const CALL_RETRY = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'States.Timeout',
  ],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
};

const INPUT = '$states.context.Execution.Input';

const SCOPE = {
  execution: `{% ${INPUT}.execution %}`,
  scope: `{% ${INPUT}.scope %}`,
  run: `{% ${orZero(`${INPUT}.run`)} %}`,
  round: `{% ${orZero(`${INPUT}.round`)} %}`,
};

/**
 * The machine that undoes what an execution, or one iteration of it, has completed: layer by layer (undo-order.ts), the
 * commands of a layer side by side, each tried several times. A command whose outcome is unknown is asked about in its turn. An
 * undo that fails for good is noted and passed over, so that all that can be undone is. Before its history is full it goes on in
 * another execution of itself, which it waits for, so that whoever waits for it need not know.
 */
export const UNWIND_MACHINE: Machine = {
  name: 'unwind',
  definition: {
    Comment: 'Undoes completed commands in reverse dependency order.',
    QueryLanguage: 'JSONata',
    StartAt: 'next layer',
    States: {
      'next layer': {
        ...callUnwind({ action: 'next', ...SCOPE, spent: `{% ${orZero('$states.input.spent')} %}` }),
        Retry: [{ ErrorEquals: ['Saga.InFlight'], ...IN_FLIGHT_RETRY }, CALL_RETRY],
        Catch: [{ ErrorEquals: ['Saga.InFlight'], Next: 'go on' }],
        Next: 'anything left',
      },
      'anything left': {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.next = 'undo' %}", Next: 'undo layer' },
          { Condition: "{% $states.input.next = 'go on' %}", Next: 'go on' },
        ],
        Default: 'finish',
      },
      'undo layer': {
        Type: 'Map',
        Items: '{% $states.input.requests %}',
        MaxConcurrency: UNDO_CONCURRENCY,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...undoOne() },
        Output: { spent: '{% $states.input.spent %}' },
        Next: 'next layer',
      },
      'go on': {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: `\${${MACHINE_TOKENS.unwindMachine}}`, Input: SCOPE },
        Output: '{% $states.result.Output %}',
        End: true,
      },
      finish: { ...callUnwind({ action: 'finish', ...SCOPE }), Retry: [CALL_RETRY], End: true },
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
            'attempt': $states.input.attempt + $states.context.State.RetryCount
          }]) %}`,
        },
        // It may wait as long for its device as it is then waited for.
        TimeoutSeconds: `{% $ceil(2 * $states.input.timeoutSeconds) + ${BACKSTOP_SECONDS} %}`,
        Retry: [{ ErrorEquals: ['States.ALL'], ...UNDO_RETRY, JitterStrategy: 'FULL' }],
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: {
              id: '{% $exists($states.input.undoes) ? $states.input.undoes : $states.input.verifies %}',
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

/** An expression for a number that may not be there. */
function orZero(path: string): string {
  return `$exists(${path}) ? ${path} : 0`;
}
