import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  ExecutionNotRedrivable as NotRedrivable,
  RedriveExecutionCommand,
  type HistoryEvent as SdkHistoryEvent,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type Json, JsonSchema } from '#core/json.ts';
import { formatXRayHeader } from '#core/xray-header.ts';
import {
  type ChildQuery,
  type ChildSummary,
  ENGINE_STATUSES,
  type Engine,
  type ExecutionDescription,
  type ExecutionRef,
  type Machine,
  type MapRunSummary,
  type Redriven,
  type RedriveRequest,
  type StartOptions,
  type TaskAnswer,
  type TaskFailure,
} from './engine.ts';
import { ExecutionNotRedrivable, nameTaken, noExecution, noMachine, notOnStepFunctions } from './faults.ts';
import type { HistoryEvent } from './history.ts';
import { answered, limited } from './step-functions-answers.ts';
import { listChildren, listMapRuns } from './step-functions-children.ts';
import { toHistoryEvent } from './step-functions-history.ts';
import { deployMachine, type MachineDeployment } from './step-functions-machines.ts';

/** Where the machines of ours are. */
export interface StepFunctionsOptions {
  readonly client: SFNClient;
  /** ARN of a machine without the machine's own name, such as `arn:aws:states:eu-central-1:123456789012:stateMachine:stepwright-`. */
  readonly machineArnPrefix: string;
  /** What deploying machines at run time takes; without it, machines come by `cdk deploy` alone. */
  readonly deployment?: MachineDeployment;
}

/** AWS Step Functions as an engine. */
export class StepFunctionsEngine implements Engine {
  readonly #client: SFNClient;
  readonly #prefix: string;
  readonly #deployment: StepFunctionsOptions['deployment'];

  constructor({ client, machineArnPrefix, deployment }: StepFunctionsOptions) {
    this.#client = client;
    this.#prefix = machineArnPrefix;
    this.#deployment = deployment;
  }

  async deploy(machine: Machine): Promise<void> {
    if (this.#deployment === undefined)
      throw new Error(`"${machine.name}" cannot be deployed without a role`);
    await deployMachine({ client: this.#client, machineArnPrefix: this.#prefix }, machine, this.#deployment);
  }

  async start(ref: ExecutionRef, input: Json, { trace }: StartOptions = {}): Promise<void> {
    try {
      const command = {
        stateMachineArn: this.#machineArn(ref),
        name: ref.name,
        input: JSON.stringify(input),
        ...(trace === undefined ? {} : { traceHeader: formatXRayHeader(trace) }),
      };
      await this.#client.send(new StartExecutionCommand(command));
    } catch (error) {
      if (error instanceof StateMachineDoesNotExist) throw noMachine(ref.machine);
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      const known = await this.describe(ref);
      // Ended with the same input: it was started before, which is all that was asked for.
      if (JSON.stringify(known?.input) !== JSON.stringify(input)) throw nameTaken(ref);
    }
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    try {
      const found = await this.#client.send(
        new DescribeExecutionCommand({ executionArn: this.#executionArn(ref) }),
      );
      const { input, output, startDate, stopDate, redriveCount = 0, redriveDate } = found;
      const { error, cause } =
        found.status === 'ABORTED' && found.error === undefined ? await this.#abortion(ref) : found;
      return {
        ref,
        status: StatusSchema.parse(found.status),
        input: parseJson(input ?? 'null'),
        ...(output === undefined ? {} : { output: parseJson(output) }),
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
        startedAt: startDate?.getTime() ?? 0,
        ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
        ...(redriveCount === 0 ? {} : { redriveCount }),
        ...(redriveDate === undefined ? {} : { redrivenAt: redriveDate.getTime() }),
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  }

  async stop(ref: ExecutionRef, { error, cause }: TaskFailure): Promise<void> {
    try {
      await this.#client.send(
        new StopExecutionCommand({ executionArn: this.#executionArn(ref), ...limited({ error, cause }) }),
      );
    } catch (fault) {
      if (fault instanceof ExecutionDoesNotExist) throw noExecution(ref);
      throw fault;
    }
  }

  /** The same machine, from where it failed: Step Functions' own redrive takes no more. */
  async redrive(ref: ExecutionRef, request: RedriveRequest = {}): Promise<Redriven> {
    const { machine = ref.machine, rewindTo = [], children = [], skip } = request;
    if (machine !== ref.machine) throw notOnStepFunctions('redrive with another version', START_ANEW);
    if (skip !== undefined) throw notOnStepFunctions('skip a step that has failed', START_ANEW);
    if (rewindTo.length > 0 || children.length > 0)
      throw notOnStepFunctions('redrive from before the state that failed', START_ANEW);
    try {
      await this.#client.send(new RedriveExecutionCommand({ executionArn: this.#executionArn(ref) }));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) throw noExecution(ref);
      if (error instanceof NotRedrivable) throw new ExecutionNotRedrivable(error.message);
      throw error;
    }
    const { redriveCount = 1, redrivenAt = Date.now() } = (await this.describe(ref)) ?? {};
    return { redriveCount, redrivenAt };
  }

  async pause(): Promise<void> {
    throw notOnStepFunctions('pause what has no rollout that waits', 'stop it, and redrive it later');
  }

  async resume(): Promise<void> {
    throw notOnStepFunctions('resume what it cannot pause', 'redrive it when it was stopped');
  }

  async skipWait(): Promise<TaskAnswer> {
    throw notOnStepFunctions(
      'skip a wait for a time',
      'wait for an event in the workflow, which can be skipped',
    );
  }

  /** Step Functions pages by tokens of its own, so that a later page is read from the beginning. */
  async history(ref: ExecutionRef, after: number): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#historyPage(ref, nextToken);
      events.push(...page.events.filter(({ id = 0 }) => id > after).map(toHistoryEvent));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && events.length < HISTORY_PAGE);
    return events.slice(0, HISTORY_PAGE);
  }

  listMapRuns(ref: ExecutionRef): Promise<readonly MapRunSummary[]> {
    return listMapRuns(this.#client, this.#executionArn(ref));
  }

  async listChildren(mapRunArn: string, query: ChildQuery): Promise<readonly ChildSummary[]> {
    const children = await listChildren(this.#client, mapRunArn, query);
    return children.map(({ executionArn, ...child }) => ({ ref: this.refOf(executionArn), ...child }));
  }

  readonly mostHistories = 200;
  readonly canPause = false;

  refOf(executionArn: string): ExecutionRef {
    const prefix = this.#prefix.replace(':stateMachine:', ':execution:');
    const [machine = '', name = ''] = executionArn.slice(prefix.length).split(':');
    return { machine, name };
  }

  async succeedTask(taskToken: string, output: Json): Promise<TaskAnswer> {
    return answered(() =>
      this.#client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
    );
  }

  async failTask(taskToken: string, failure: TaskFailure): Promise<TaskAnswer> {
    return answered(() => this.#client.send(new SendTaskFailureCommand({ taskToken, ...limited(failure) })));
  }

  async heartbeatTask(taskToken: string): Promise<TaskAnswer> {
    return answered(() => this.#client.send(new SendTaskHeartbeatCommand({ taskToken })));
  }

  /** Why an execution was stopped: LocalStack tells it in the history alone. */
  async #abortion(ref: ExecutionRef): Promise<{ error?: string | undefined; cause?: string | undefined }> {
    const { events = [] } = await this.#client.send(
      new GetExecutionHistoryCommand({
        executionArn: this.#executionArn(ref),
        reverseOrder: true,
        maxResults: 1,
      }),
    );
    return events[0]?.executionAbortedEventDetails ?? {};
  }

  async #historyPage(
    ref: ExecutionRef,
    nextToken: string | undefined,
  ): Promise<{ events: readonly SdkHistoryEvent[]; nextToken: string | undefined }> {
    try {
      const page = await this.#client.send(
        new GetExecutionHistoryCommand({
          executionArn: this.#executionArn(ref),
          maxResults: HISTORY_PAGE,
          includeExecutionData: true,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      return { events: page.events ?? [], nextToken: page.nextToken };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) throw noExecution(ref);
      throw error;
    }
  }

  #machineArn({ machine }: ExecutionRef): string {
    return `${this.#prefix}${machine}`;
  }

  #executionArn(ref: ExecutionRef): string {
    return `${this.#machineArn(ref).replace(':stateMachine:', ':execution:')}:${ref.name}`;
  }
}

const HISTORY_PAGE = 1_000;

const START_ANEW = 'start a new execution';

const StatusSchema = z.enum(ENGINE_STATUSES);

function parseJson(text: string): Json {
  return JsonSchema.parse(JSON.parse(text));
}
