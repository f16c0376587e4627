import { StateMachine } from 'aws-local-stepfunctions';
import { z } from 'zod';
import { BRANCHES, branchWork, CountSchema, increment, type Peer } from '../engine/peer.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

/** An interpreter of States Language in JSONPath mode, in the process; it keeps nothing. */
export async function start(): Promise<Peer> {
  const chains = { 5: chainMachine(5), 100: chainMachine(100) };
  const branches = branchesMachine();
  return {
    describe: 'aws-local-stepfunctions 3.0.0, in the process, JSONPath; nothing is kept',
    chain: async (steps) => CountSchema.parse(await chains[steps]()).n,
    branches: async () => z.array(z.literal(1)).parse(await branches()).length,
    stop: async () => {},
  };
}

function chainMachine(steps: number): () => Promise<unknown> {
  const names = Array.from({ length: steps }, (_, at) => `step-${at}`);
  const machine = new StateMachine({
    StartAt: 'step-0',
    States: Object.fromEntries(
      names.map((name, at) => {
        const next = names[at + 1];
        return [
          name,
          { Type: 'Task', Resource: FUNCTION, ...(next === undefined ? { End: true } : { Next: next }) },
        ];
      }),
    ),
  });
  const handler = (input: unknown): Promise<{ n: number }> => increment(CountSchema.parse(input).n);
  const overrides = { taskResourceLocalHandlers: Object.fromEntries(names.map((name) => [name, handler])) };
  return async () => machine.run({ n: 0 }, { overrides }).result;
}

function branchesMachine(): () => Promise<unknown> {
  const names = Array.from({ length: BRANCHES }, (_, at) => `work-${at}`);
  const machine = new StateMachine({
    StartAt: 'all',
    States: {
      all: {
        Type: 'Parallel',
        End: true,
        Branches: names.map((name) => ({
          StartAt: name,
          States: { [name]: { Type: 'Task', Resource: FUNCTION, End: true } },
        })),
      },
    },
  });
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(names.map((name) => [name, branchWork])),
  };
  return async () => machine.run({}, { overrides }).result;
}
