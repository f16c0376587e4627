import type { StateOf } from '../definition.ts';
import { runBlock } from '../run-block.ts';
import { Variables } from '../state-scope.ts';
import { runBranches } from './branches.ts';
import type { StateResult, StateTry } from './state.ts';

/** Runs all branches side by side; gives their outputs in order. The first to fail fails the state and ends the others. */
export async function runParallel({
  state,
  run,
  query,
  retryOf,
}: StateTry<StateOf<'Parallel'>>): Promise<StateResult> {
  const { thread } = run;
  const input = await query.payload(state);
  const { id: startedId } = thread.record('ParallelStateStarted', {}, { failure: retryOf });
  const result = await runBranches({
    ...{ type: 'Parallel', thread, work: run.execution.work, startedId },
    ...{ count: state.Branches.length, limit: state.Branches.length },
    run: async (branch, index) => {
      const block = state.Branches[index];
      if (block === undefined) throw new Error(`there is no branch ${index}`);
      const variables = new Variables(run.variables);
      try {
        const output = await runBlock(block, input, { ...run, thread: branch, variables });
        return { output, endId: branch.previous };
      } finally {
        variables.release();
      }
    },
  });
  return { result };
}
