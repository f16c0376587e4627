import { setImmediate } from 'node:timers/promises';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { RolloutRequestSchema } from '#compiler/rollout-payload.ts';
import {
  CalledForTaskSchema,
  type CommandRequest,
  CommandRequestSchema,
  MACHINE_TOKENS,
  SelectDevicesRequestSchema,
  type SettleIterationRequest,
  SettleIterationRequestSchema,
  type TellFailureRequest,
  TellFailureRequestSchema,
  type UnwindInput,
  UnwindInputSchema,
} from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import { type Json, type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { answerTask } from '#engine/answer-task.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEventType } from '#engine/history.ts';
import { childFailure, type FailurePorts } from '#executions/child-failure.ts';
import { divideIntoWaves } from '#executions/rollout/divide.ts';
import { Database } from '#storage/database.ts';

/** What the world around a workflow does. */
export interface FakeWorld {
  readonly input?: Json;
  /** Answers a command, or throws what it fails with. Default: null. */
  readonly command?: (request: CommandRequest) => Json;
  readonly devices?: readonly JsonObject[];
  /** Answers the call of another handler, or throws what it fails with; `call` is its token. Default: null. */
  readonly handler?: (call: HandlerCall) => Json;
}

/** A call of a handler that is not for a command. */
export interface HandlerCall {
  readonly token: string;
  readonly payload: JsonObject;
}

/** What became of a workflow, and what it asked for. */
export interface Ran extends ExecutionDescription {
  readonly commands: readonly CommandRequest[];
  readonly calls: readonly HandlerCall[];
  readonly settled: readonly SettleIterationRequest[];
  readonly unwound: readonly UnwindInput[];
  /** Types of the events of its history, in order. */
  readonly events: readonly HistoryEventType[];
  /** Types of the events of its child executions. */
  readonly childEvents: readonly (readonly HistoryEventType[])[];
  /** Milliseconds that went by on the execution's own clock. */
  readonly tookMs: number;
}

/** Turns of the event loop without news after which an execution must be waiting for time to go by. */
const QUIET_TURNS = 25;

/** Runs a compiled workflow to its end on the embedded engine, with time of its own. */
export async function runCompiled(compiled: CompiledWorkflow, world: FakeWorld = {}): Promise<Ran> {
  using stack = new DisposableStack();
  const database = stack.adopt(new Database(':memory:'), (opened) => opened.close());
  const clock = new VirtualClock();
  const asked = {
    commands: [] as CommandRequest[],
    calls: [] as HandlerCall[],
    settled: [] as SettleIterationRequest[],
    unwound: [] as UnwindInput[],
  };
  let news = 0;
  const engine = new EmbeddedEngine({
    database,
    clock,
    machines: { UnwindStateMachineArn: 'unwind' },
    onEvents: () => {
      news++;
    },
    functions: {
      ...Object.fromEntries(OTHER_TOKENS.map((token) => [token, (payload: Json) => serve(token, payload)])),
      SelectDevicesFunctionArn: async (payload) => {
        const { taskToken } = SelectDevicesRequestSchema.parse(payload);
        await engine.succeedTask(taskToken, [...(world.devices ?? [])]);
        return null;
      },
      CommandFunctionArn: async (payload) => {
        const request = CommandRequestSchema.parse(payload);
        asked.commands.push(request);
        await answer(engine, request, world);
        return null;
      },
      RolloutFunctionArn: async (payload) => {
        const request = RolloutRequestSchema.parse(payload);
        const { taskToken } = request;
        if (request.action === 'plan') {
          await engine.succeedTask(taskToken, { ...divideIntoWaves(request), skipped: [] });
        } else {
          const seconds = request.action === 'soak' ? request.seconds : 0;
          clock.setTimer(
            clock.now() + seconds * 1_000,
            () => void engine.succeedTask(taskToken, { items: [] }),
          );
        }
        return null;
      },
      SettleIterationFunctionArn: async (payload) => {
        const told = TellFailureRequestSchema.safeParse(payload);
        if (told.success) return tellFailure({ engine, clock }, told.data);
        const request = SettleIterationRequestSchema.parse(payload);
        asked.settled.push(request);
        await answerTask(engine, request.taskToken, async () => settle(request, asked.settled));
        return null;
      },
      UnwindFunctionArn: async (payload) => {
        asked.unwound.push(UnwindInputSchema.parse(payload));
        return null;
      },
    },
  });
  async function serve(token: string, value: Json): Promise<Json> {
    const payload = JsonObjectSchema.parse(value);
    asked.calls.push({ token, payload });
    const { taskToken } = CalledForTaskSchema.parse(payload);
    await answerTask(engine, taskToken, async () => world.handler?.({ token, payload }) ?? null);
    return null;
  }
  stack.defer(() => engine.close());
  await engine.deploy({ name: 'unwind', definition: UNWIND });
  await engine.deploy({ name: 'tested', definition: compiled.definition });
  const ref = { machine: 'tested', name: 'run' };
  await engine.start(ref, world.input ?? {});
  const ended = engine.whenEnded(ref);
  let open = true;
  void ended.then(() => {
    open = false;
  });
  for (let seen = news, quiet = 0; open; quiet = news === seen ? quiet + 1 : 0, seen = news) {
    if (quiet < QUIET_TURNS) await setImmediate();
    else if (!(await clock.advanceToNext())) throw new Error('the execution waits for nothing');
  }
  const description = await ended;
  const events = (await engine.history(ref, 0)).map(({ type }) => type);
  const childEvents = await eventsOfChildren(engine, ref);
  return { ...description, ...asked, events, childEvents, tookMs: clock.now() };
}

async function tellFailure(ports: FailurePorts & { engine: EmbeddedEngine }, told: TellFailureRequest) {
  const { execution, path, error, cause, taskToken } = told;
  const failure = await childFailure(ports, { execution, path, run: ports.engine.refOf(told.run) });
  await ports.engine.failTask(taskToken, failure ?? { error, cause });
  return null;
}

async function eventsOfChildren(engine: EmbeddedEngine, ref: ExecutionRef): Promise<HistoryEventType[][]> {
  const events: HistoryEventType[][] = [];
  for (const { arn } of await engine.listMapRuns(ref)) {
    for (const child of await engine.listChildren(arn, { most: 1_000 })) {
      events.push((await engine.history(child.ref, 0)).map(({ type }) => type));
      events.push(...(await eventsOfChildren(engine, child.ref)));
    }
  }
  return events;
}

/** Tokens of the handlers that a test answers for as it likes. */
const OTHER_TOKENS = [
  MACHINE_TOKENS.awaitEvent,
  MACHINE_TOKENS.requestApproval,
  MACHINE_TOKENS.startWorkflow,
  MACHINE_TOKENS.callHttp,
  MACHINE_TOKENS.notify,
  MACHINE_TOKENS.decide,
  MACHINE_TOKENS.lock,
];

const UNWIND: JsonObject = {
  QueryLanguage: 'JSONata',
  StartAt: 'unwind',
  States: {
    unwind: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: `\${UnwindFunctionArn}`, Payload: '{% $states.input %}' },
      End: true,
    },
  },
};

async function answer(engine: EmbeddedEngine, request: CommandRequest, world: FakeWorld): Promise<void> {
  try {
    await engine.succeedTask(request.taskToken, world.command?.(request) ?? null);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    await engine.failTask(request.taskToken, { error: error.name, cause: error.message });
  }
}

function settle(request: SettleIterationRequest, settled: readonly SettleIterationRequest[]): Json {
  const failed = settled.filter(({ path }) => path === request.path).length;
  const limit =
    'count' in request.tolerate ? request.tolerate.count : (request.total * request.tolerate.percent) / 100;
  if (failed > limit) throw new RuntimeError('Stepwright.ToleranceExceeded', `${failed} failed`);
  return { status: 'FAILED', path: request.iteration, error: request.error, cause: request.cause };
}
