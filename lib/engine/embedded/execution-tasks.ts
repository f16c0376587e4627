import type { MachineDefinition } from './definition.ts';
import type { JournalStore } from './journal-store.ts';
import type { Machines } from './machines.ts';
import type { MapRuns } from './map-runs.ts';
import { type MockedStates, mockedCalls } from './mocks.ts';
import type { Identity, Runs } from './runs.ts';
import type { Starts } from './starts.ts';
import type { TaskRunner } from './states/task-runner.ts';
import type { TaskServices } from './task-services.ts';
import type { TaskTokens } from './task-token.ts';
import { machineOfArn, qualifierOfArn } from './tokens.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

/** What the tasks of all executions of an engine use. */
export interface ExecutionTasksParts {
  readonly store: JournalStore;
  readonly machines: Machines;
  readonly mapRuns: MapRuns;
  readonly mocks: MockedStates;
  readonly runs: Runs;
  readonly services: TaskServices;
  readonly starts: Starts;
  readonly tokens: TaskTokens;
  readonly waiting: WaitingTasks;
}

/** What the tasks of one execution can do; `redrives`: how often it has been redriven. */
export function tasksOfExecution(
  parts: ExecutionTasksParts,
  { id, ref }: Identity,
  { machine, redrives }: { readonly machine: MachineDefinition; readonly redrives: number },
): TaskRunner {
  const { store, machines, mapRuns, mocks, runs, services, starts, tokens, waiting } = parts;
  const again = redrives === 0 ? '' : `.${redrives}`;
  return {
    ref,
    isMocked: (state) => Object.hasOwn(mocks, state),
    mockedOutcome: mockedCalls(mocks),
    tokenAfter: (eventId) => tokens.of(id, eventId, redrives),
    keyAfter: (eventId) => `${ref.name}:${eventId}${again}`,
    register: (token, task) => waiting.register(token, task),
    hasFunction: (arn) => services.hasFunction(arn),
    hasMachine: (arn) => machines.has(machineOfArn(arn), qualifierOfArn(arn)),
    callFunction: (arn, payload, call) => services.callFunction(arn, payload, call),
    callService: (request) => services.callService(request),
    activities: services.activities,
    objects: services.objects,
    startChild: async (machineArn, name, input) => {
      const child = { machine: machineOfArn(machineArn), name };
      await starts.start(child, input, { qualifier: qualifierOfArn(machineArn), isFollowUp: true });
      return child;
    },
    mapRuns: mapRuns.recordOf(id),
    startItem: (item) => starts.startItem(item, machine),
    findItem: (child) => store.find(child),
    whenEnded: (child, listener) => runs.listen(child, listener),
    stopChild: (child) => {
      const found = store.find(child);
      const failure = { error: 'States.TaskFailed', cause: 'The parent execution ended' };
      if (found !== undefined) void runs.stop(found, failure).catch(() => undefined);
    },
  };
}
