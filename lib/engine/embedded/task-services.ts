import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { ActivityTasks } from './activity-tasks.ts';
import { type Caller, type CallLimits, Calls, MAX_CALLS } from './admission/calls.ts';
import type { ServiceCaller, ServiceRequest } from './services/caller.ts';
import type { ObjectStore } from './services/object-store.ts';
import { ServiceFailure } from './services/service-failure.ts';

/** What a function is called with besides its payload. */
export interface FunctionContext {
  /** The same each time one try of a task is dispatched, also after a crash. */
  readonly idempotencyKey: string;
}

/** A function that tasks call. What it throws fails the task, under the `name` of the error. */
export type EngineFunction = (payload: Json, context: FunctionContext) => Promise<Json>;

/** Who calls a function, and for which try of a task. */
export interface FunctionCall extends FunctionContext {
  readonly caller: Caller;
}

/** What tasks may use besides functions of this process. Each that is missing fails the tasks that ask for it. */
export interface ServiceOptions {
  /** Calls other services: AWS, an emulator, APIs over HTTP. */
  readonly services?: ServiceCaller;
  /** Workers that poll for tasks of activities. */
  readonly activities?: ActivityTasks;
  /** Where distributed Map states read items and write results. */
  readonly objects?: ObjectStore;
}

/** What {@link TaskServices} is made of. */
export interface TaskServicesParts extends ServiceOptions {
  /** Functions by their token; `calls` names them so, too. */
  readonly functions: Readonly<Record<string, EngineFunction>>;
  readonly calls?: CallLimits;
  /** What tokens stand for. */
  readonly arns: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** Functions by their ARN, and the services of {@link ServiceOptions}, as the tasks of all executions use them. */
export class TaskServices {
  readonly #functions: ReadonlyMap<string, EngineFunction>;
  readonly #options: ServiceOptions;
  /** Calls that are under way. */
  readonly calls: Calls;

  constructor({ functions, calls = {}, arns, clock, ...options }: TaskServicesParts) {
    this.#options = options;
    this.#functions = byArn(functions, arns);
    const { maxCallsPerFunction = MAX_CALLS, maxCallsOf = {}, callTimeoutMs } = calls;
    const limits = byArn(maxCallsOf, arns);
    this.calls = new Calls(clock, (arn) => limits.get(arn) ?? maxCallsPerFunction, callTimeoutMs);
  }

  hasFunction(arn: string): boolean {
    // A name of ours that stands for nothing is not to reach Lambda.
    return this.#functions.has(arn) || arn.startsWith('arn:aws:lambda:local:') || arn.includes('${');
  }

  async callFunction(arn: string, payload: Json, { caller, idempotencyKey }: FunctionCall): Promise<Json> {
    const called = this.#functions.get(arn);
    if (called === undefined) throw new LambdaNotFound(`Function not found: ${arn}`);
    return this.calls.run(arn, () => called(payload, { idempotencyKey }), caller);
  }

  async callService(request: ServiceRequest): Promise<Json> {
    const { services } = this.#options;
    if (services !== undefined)
      return this.calls.follow((settled) => services.call(followed(request, settled)));
    const { resource } = request;
    const what = 'integration' in resource ? resource.integration : resource.arn;
    throw new ServiceFailure('States.Runtime', `No service is connected that could serve '${what}'`);
  }

  get activities(): ActivityTasks {
    return this.#options.activities ?? NO_ACTIVITIES;
  }

  get objects(): ObjectStore {
    return this.#options.objects ?? NO_OBJECTS;
  }
}

function byArn<T>(
  byToken: Readonly<Record<string, T>>,
  arns: Readonly<Record<string, string>>,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(byToken).map(([token, value]) => [arns[token] ?? token, value]));
}

/** A job that has been submitted goes on without us: it is found again. */
function followed(request: ServiceRequest, settled: () => void): ServiceRequest {
  if (request.submitted !== undefined) settled();
  return {
    ...request,
    onSubmitted: async (answer) => {
      await request.onSubmitted?.(answer);
      settled();
    },
  };
}

const NO_ACTIVITIES: ActivityTasks = {
  has: () => false,
  offer: () => {
    throw new ServiceFailure('States.Runtime', 'No workers of activities are served here');
  },
};

function noObjects(): never {
  throw new ServiceFailure('States.Runtime', 'No object store is connected to read from or write to');
}

const NO_OBJECTS: ObjectStore = { list: noObjects, get: noObjects, put: noObjects };

/** Thrown where a definition calls a function that this engine was not given. Named as Lambda names it. */
class LambdaNotFound extends Error {
  override readonly name = 'Lambda.ResourceNotFoundException';
}
