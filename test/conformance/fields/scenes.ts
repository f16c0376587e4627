import { setImmediate } from 'node:timers/promises';
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  PublishStateMachineVersionCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import type { Json, JsonObject } from '#core/json.ts';
import { EngineRun } from '#support/engine-run.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';
import { blockOf, type FieldGroup, guide, pass, type Scene } from './field-row.ts';

const ACTIVITY = guide('concepts-activities');
const REDRIVE = guide('redrive-executions');
const MAP_RUN = guide('concepts-examine-map-run');
const FLAKY = 'arn:aws:lambda:local:000000000000:function:Flaky';

/** A real engine behind the real API, with a function `Flaky` that fails the first time. */
interface Stage extends Pick<StepFunctionsServer, 'client'> {
  /** Creates the machine `m`; its ARN. */
  create(states: Readonly<Record<string, JsonObject>>, more?: { type: 'EXPRESS' }): Promise<string>;
  start(stateMachineArn: string, input?: Json): Promise<string>;
  ended(executionArn: string): Promise<{ status: string; output?: Json; error?: string }>;
}

function scene(act: (stage: Stage) => Promise<Json>, shows: Json): { scene: Scene } {
  return { scene: { play: () => play(act), shows } };
}

async function play(act: (stage: Stage) => Promise<Json>): Promise<Json> {
  let calls = 0;
  await using server = await openStepFunctions({
    functions: {
      Flaky: async () => {
        if (calls++ === 0) throw new Error('the first time');
        return 'well';
      },
    },
  });
  return await act(stageOn(server));
}

function stageOn({ client }: StepFunctionsServer): Stage {
  return {
    client,
    create: async (states, more) => {
      const command = { name: 'm', roleArn: ROLE, definition: definitionOf(states), ...more };
      const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand(command));
      return stateMachineArn;
    },
    start: async (stateMachineArn, input = {}) => {
      const text = JSON.stringify(input);
      const command = new StartExecutionCommand({ stateMachineArn, input: text });
      return (await client.send(command)).executionArn ?? '';
    },
    ended: async (executionArn) => {
      for (;;) {
        const end = await client.send(new DescribeExecutionCommand({ executionArn }));
        const { status = '', output, error } = end;
        if (status !== 'RUNNING') {
          const told = error === undefined ? {} : { error };
          return output === undefined ? { status, ...told } : { status, output: JSON.parse(output), ...told };
        }
        await setImmediate();
      }
    },
  };
}

function definitionOf(states: Readonly<Record<string, JsonObject>>): string {
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
}

const flaky: JsonObject = { Type: 'Task', Resource: FLAKY, End: true };

const distributed = (processor: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ Type: 'Map', Label: 'L', End: true, ...more },
  ItemProcessor: {
    ...blockOf(processor),
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  },
});

async function work(answer: 'success' | 'failure', { client, create, start, ended }: Stage): Promise<Json> {
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'w' }));
  const machine = await create({ a: { Type: 'Task', Resource: activityArn ?? '', End: true } });
  const execution = await start(machine, { n: 1 });
  const { taskToken, input = '' } = await client.send(
    new GetActivityTaskCommand({ activityArn, workerName: 'one' }),
  );
  await (answer === 'success'
    ? client.send(new SendTaskSuccessCommand({ taskToken, output: '"made"' }))
    : client.send(new SendTaskFailureCommand({ taskToken, error: 'Broken', cause: 'why' })));
  return { input: JSON.parse(input), ...(await ended(execution)) };
}

async function redriven(state: JsonObject, input: Json, stage: Stage): Promise<Json> {
  const { client, create, start, ended } = stage;
  const executionArn = await start(await create({ a: state }), input);
  const { status: first } = await ended(executionArn);
  await client.send(new RedriveExecutionCommand({ executionArn }));
  const { status, output = null } = await ended(executionArn);
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  const types = events.flatMap(({ type }) => (type?.endsWith('Redriven') ? [type] : []));
  return { first, status, output, events: types };
}

async function alias({ client, create, start, ended }: Stage): Promise<Json> {
  const stateMachineArn = await create({ a: pass({ Output: 'one' }) });
  const version = await client.send(new PublishStateMachineVersionCommand({ stateMachineArn }));
  const routingConfiguration = [{ stateMachineVersionArn: version.stateMachineVersionArn, weight: 100 }];
  const live = await client.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }));
  const definition = definitionOf({ a: pass({ Output: 'two' }) });
  await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  const outputs: Json[] = [];
  for (const arn of [stateMachineArn, version.stateMachineVersionArn, live.stateMachineAliasArn]) {
    outputs.push((await ended(await start(arn ?? ''))).output ?? null);
  }
  return outputs;
}

async function mapRun({ client, create, start, ended }: Stage): Promise<Json> {
  const map = distributed(pass(), { ItemBatcher: { MaxItemsPerBatch: 2 }, MaxConcurrency: 4 });
  const executionArn = await start(await create({ a: map }), [1, 2, 3]);
  await ended(executionArn);
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  const run = await client.send(new DescribeMapRunCommand({ mapRunArn: mapRuns[0]?.mapRunArn }));
  return {
    status: run.status ?? '',
    maxConcurrency: run.maxConcurrency ?? 0,
    items: run.itemCounts?.succeeded ?? 0,
    executions: run.executionCounts?.succeeded ?? 0,
  };
}

async function express({ client, create }: Stage): Promise<Json> {
  const output = '{% $contains($states.context.Execution.Id, ":express:m:") %}';
  const stateMachineArn = await create({ a: pass({ Output: output }) }, { type: 'EXPRESS' });
  const end = await client.send(new StartSyncExecutionCommand({ stateMachineArn }));
  return { status: end.status ?? '', output: JSON.parse(end.output ?? 'null') };
}

/** A task that nobody answers, on a clock on which waiting costs nothing. */
async function missedHeartbeat(caught: string): Promise<Json> {
  using run = new EngineRun({ WorkFunctionArn: async () => null });
  const { status, output = null } = await run.run({
    a: {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true },
      ...{ Arguments: { FunctionName: `\${WorkFunctionArn}` }, HeartbeatSeconds: 5, TimeoutSeconds: 60 },
      Catch: [{ ErrorEquals: [caught], Next: 'b' }],
    },
    b: pass({ Output: '{% $states.input.Error %}' }),
  });
  return { status, output };
}

/** What it takes the service to show. */
export const SCENES: readonly FieldGroup[] = [
  {
    title: 'Activities and heartbeats',
    rows: [
      {
        field: 'A worker polls, and succeeds',
        source: ACTIVITY,
        ...scene((stage) => work('success', stage), {
          ...{ input: { n: 1 }, status: 'SUCCEEDED', output: 'made' },
        }),
      },
      {
        field: 'A worker fails the task',
        source: ACTIVITY,
        ...scene((stage) => work('failure', stage), { input: { n: 1 }, status: 'FAILED', error: 'Broken' }),
      },
      ...['States.HeartbeatTimeout', 'States.Timeout'].map((name) => ({
        field: `A missed heartbeat is named States.Timeout, and caught by ${name}`,
        source: guide('concepts-error-handling'),
        scene: {
          play: () => missedHeartbeat(name),
          shows: { status: 'SUCCEEDED', output: 'States.Timeout' },
        },
      })),
    ],
  },
  {
    title: 'Redrive',
    rows: [
      {
        field: 'From the state that failed',
        source: REDRIVE,
        ...scene((stage) => redriven(flaky, {}, stage), {
          ...{ first: 'FAILED', status: 'SUCCEEDED', output: 'well', events: ['ExecutionRedriven'] },
        }),
      },
      {
        field: 'Of a Map Run: its failed children',
        source: guide('redrive-map-run'),
        ...scene((stage) => redriven(distributed(flaky, { MaxConcurrency: 1 }), [1, 2], stage), {
          ...{ first: 'FAILED', status: 'SUCCEEDED', output: ['well', 'well'] },
          events: ['ExecutionRedriven', 'MapRunRedriven'],
        }),
      },
    ],
  },
  {
    title: 'Versions, aliases, Map Runs and express machines',
    rows: [
      {
        field: 'A version and an alias run what was published',
        source: guide('concepts-cd-aliasing-versioning'),
        ...scene(alias, ['two', 'one', 'one']),
      },
      {
        field: 'DescribeMapRun: items and executions',
        source: MAP_RUN,
        ...scene(mapRun, { status: 'SUCCEEDED', maxConcurrency: 4, items: 3, executions: 2 }),
      },
      {
        field: 'StartSyncExecution of an express machine',
        source: guide('choosing-workflow-type'),
        ...scene(express, { status: 'SUCCEEDED', output: true }),
      },
    ],
  },
];
