import type { Json } from '#core/json.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import { runBlock } from '../run-block.ts';
import { Variables } from '../state-scope.ts';
import { evaluateTemplate } from '../template.ts';
import { Thread } from '../thread.ts';
import { joinAll } from './join-all.ts';
import type { EnteredState, StateResult } from './state.ts';

/** Runs all branches side by side; gives their outputs in order. The first to fail fails the state and ends the others. */
export async function runParallel({
  state,
  scope,
  run,
}: EnteredState<StateOf<'Parallel'>>): Promise<StateResult> {
  const { thread } = run;
  const input =
    state.Arguments === undefined
      ? scope.input
      : await evaluateTemplate(state.Arguments, scope.with(), 'Arguments');
  const started = thread.record('ParallelStateStarted');
  throwRecordedFailure(thread);
  const cancellation = thread.cancellation.child();
  let last = started.id;
  const branches = state.Branches.map((block, index) => async (): Promise<Json> => {
    const branch = new Thread(thread.journal, `${thread.name}/${started.id}.${index}`, {
      previous: started.id,
      cancellation,
    });
    const output = await runBlock(block, input, {
      ...run,
      thread: branch,
      variables: new Variables(run.variables),
    });
    last = branch.previous;
    return output;
  });
  try {
    const result = await joinAll(branches, branches.length, cancellation);
    thread.continueFrom(last);
    thread.record('ParallelStateSucceeded');
    return { result };
  } catch (failure) {
    if (failure instanceof StateFailure) {
      thread.record('ParallelStateFailed', { error: failure.error, cause: failure.reason });
    }
    throw failure;
  }
}

/** A failure that was journaled before a crash is thrown again, without running the branches. */
function throwRecordedFailure(thread: Thread): void {
  const failed = thread.takeRecorded('ParallelStateFailed');
  if (failed !== undefined)
    throw new StateFailure(String(failed.details['error']), String(failed.details['cause']));
}
