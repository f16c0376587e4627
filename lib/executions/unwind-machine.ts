import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { Machine } from '#engine/engine.ts';
import {
  CALL_RETRY,
  callUnwind,
  orZero,
  SCOPE,
  undoOne,
  undoOneHttp,
  undoOneWorkflow,
} from './unwind-states.ts';

/** Most undo commands that run at once; the rest of a layer follow. */
const UNDO_CONCURRENCY = 40;

/** How long it is waited for commands still in flight, each of which ends by its answer or its deadline; then another machine goes on. */
const IN_FLIGHT_RETRY = { IntervalSeconds: 1, MaxAttempts: 1_000, BackoffRate: 1.5, MaxDelaySeconds: 15 };

/** Whether a machine is one that undoes: this version's, or one before. */
export function isUnwindMachine(name: string): boolean {
  return /^unwind(-\d+)?$/.test(name);
}

/**
 * The machine that undoes what an execution, or one iteration of it, has completed: layer by layer (undo-order.ts), the
 * commands of a layer side by side, each tried several times. A command whose outcome is unknown is asked about in its turn. An
 * undo that fails for good is noted and passed over, so that all that can be undone is. Before its history is full it goes on in
 * another execution of itself, which it waits for, so that whoever waits for it need not know.
 */
export const UNWIND_MACHINE: Machine = {
  // Machines never change: another definition is another machine, and unwinds that run go on with theirs.
  name: 'unwind-2',
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
          { Condition: "{% $states.input.next = 'undo workflows' %}", Next: 'undo workflows' },
          { Condition: "{% $states.input.next = 'undo calls' %}", Next: 'undo calls' },
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
      'undo workflows': {
        Type: 'Map',
        Items: '{% $states.input.requests %}',
        MaxConcurrency: UNDO_CONCURRENCY,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...undoOneWorkflow() },
        Output: { spent: '{% $states.input.spent %}' },
        Next: 'next layer',
      },
      'undo calls': {
        Type: 'Map',
        Items: '{% $states.input.requests %}',
        MaxConcurrency: UNDO_CONCURRENCY,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...undoOneHttp() },
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
