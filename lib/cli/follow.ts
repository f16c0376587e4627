import type { Runtime } from '#embedded/runtime.ts';
import { describeExecution, type ExecutionView } from '#executions/describe.ts';
import type { ExecutionProgress } from './progress.ts';
import type { ProgressReporter } from './progress-reporter.ts';

/** Shows an execution's progress until it has its final status, and gives how it then stands. */
export async function followExecution(
  { ports, watch, whenSettled }: Runtime,
  id: string,
  reporter: ProgressReporter,
): Promise<ExecutionView> {
  const show = latestOnly(async () => reporter.update(toProgress(await describeExecution(ports, id))));
  const unwatch = watch(id, show);
  show();
  await whenSettled(id);
  unwatch();
  const view = await describeExecution(ports, id);
  reporter.update(toProgress(view));
  reporter.finish();
  return view;
}

/** Runs `work` when called, but never twice at once: calls that come meanwhile are answered by one more run. */
function latestOnly(work: () => Promise<void>): () => void {
  let state: 'idle' | 'working' | 'again' = 'idle';
  const run = async (): Promise<void> => {
    do {
      state = 'working';
      await work();
    } while (again());
    state = 'idle';
  };
  const again = (): boolean => state === 'again';
  return () => {
    if (state === 'idle') void run();
    else state = 'again';
  };
}

function toProgress({ workflow, version, progress, ...view }: ExecutionView): ExecutionProgress {
  return { ...view, ...progress, title: `${workflow} ${version}` };
}
