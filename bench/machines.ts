import type { JsonObject } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';

const WORK = 'arn:aws:states:::lambda:invoke';

function task(token: string, next: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: WORK,
    Arguments: { FunctionName: `\${${token}}`, Payload: { n: 1 } },
    ...next,
  };
}

/** Five tasks in a row, each of which does nothing. */
export const FIVE_STEPS: Machine = {
  name: 'five-steps',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'step-1',
    States: Object.fromEntries(
      [1, 2, 3, 4, 5].map((at) => [
        `step-${at}`,
        task('NoOpFunctionArn', at === 5 ? { End: true } : { Next: `step-${at + 1}` }),
      ]),
    ),
  },
};

/** As many branches at once as the name says, each with one task of {@link BRANCH_MS}. */
export function branches(count: number): Machine {
  return {
    name: `branches-${count}`,
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'all',
      States: {
        all: {
          Type: 'Parallel',
          End: true,
          Branches: Array.from({ length: count }, (_, at) => ({
            StartAt: `work-${at}`,
            States: { [`work-${at}`]: task('SlowFunctionArn', { End: true }) },
          })),
        },
      },
    },
  };
}

/** How long the task of a branch takes, in ms. */
export const BRANCH_MS = 100;
