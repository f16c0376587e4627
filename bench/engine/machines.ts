import type { JsonObject } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';
import { BRANCHES } from './peer.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';

/** A Task that calls a function by its token, and goes on with what that answers. */
export function task(token: string, fields: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: INVOKE,
    Arguments: { FunctionName: tokenOf(token), Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...fields,
  };
}

function tokenOf(name: string): string {
  return `\${${name}}`;
}

function machine(name: string, definition: JsonObject): Machine {
  return { name, definition: { QueryLanguage: 'JSONata', ...definition } };
}

/** As many tasks in a row, each called with what the one before answered. */
export function chainMachine(steps: number, token = 'IncrementFunctionArn'): Machine {
  const state = (at: number): [string, JsonObject] => [
    `step-${at}`,
    task(token, at === steps ? { End: true } : { Next: `step-${at + 1}` }),
  ];
  return machine(`chain-${steps}`, {
    StartAt: 'step-1',
    States: Object.fromEntries(Array.from({ length: steps }, (_, index) => state(index + 1))),
  });
}

/** Branches side by side, each with one task. */
export const BRANCHES_MACHINE: Machine = machine('branches', {
  StartAt: 'all',
  States: {
    all: {
      Type: 'Parallel',
      End: true,
      Branches: Array.from({ length: BRANCHES }, (_, at) => ({
        StartAt: `work-${at}`,
        States: { [`work-${at}`]: task('BranchFunctionArn', { End: true }) },
      })),
    },
  },
});

/** One task that waits until its token is answered. */
export const WAITING_MACHINE: Machine = machine('waiting', {
  StartAt: 'wait',
  States: {
    wait: {
      Type: 'Task',
      Resource: `${INVOKE}.waitForTaskToken`,
      Arguments: {
        FunctionName: tokenOf('KeepFunctionArn'),
        Payload: { token: '{% $states.context.Task.Token %}', input: '{% $states.input %}' },
      },
      End: true,
    },
  },
});

/** One state that does nothing. */
export const PASS_MACHINE: Machine = machine('pass', {
  StartAt: 'pass',
  States: { pass: { Type: 'Pass', End: true } },
});
