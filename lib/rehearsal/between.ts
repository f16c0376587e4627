import { type Clock, sleep } from '#core/clock.ts';
import { RuntimeError } from '#core/error.ts';
import { isJsonObject } from '#core/json.ts';
import type { Between, Listener, ListenerName } from '#embedded/assembly.ts';
import type { ServiceCaller } from '#engine/embedded/services/caller.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { Exchange } from '#integrations/call-http.ts';
import type { Table } from '#table/table.ts';
import type { Draw } from './draw.ts';
import { type Faults, RehearsedFault } from './faults.ts';
import { throttledTable } from './throttled-table.ts';

/** What stands between the parts of a rehearsal. */
export interface BetweenOptions {
  readonly clock: Clock;
  readonly draw: Draw;
  /** What goes wrong now. */
  faults(): Faults;
  /** The name that a step is to fail with; undefined: it does not. */
  failureOfStep(path: string): string | undefined;
  /** The function of a task with what stands in for it, or is done besides. */
  answered(token: string, called: EngineFunction): EngineFunction;
  readonly exchange: Exchange;
  count(fault: string): void;
  note(text: string): void;
}

/** How long a handler may take, in ms: what does not come back is taken for lost then. */
const HANDLER_TIMEOUT_MS = 30_000;
/** How long after a failure what is told is told again: Lambda's two retries of asynchronous calls; then it is lost. */
const AGAIN_MS = [60_000, 120_000];

/** Lets calls of handlers break, hang and come again, and the table be throttled. */
export function rehearsedBetween(options: BetweenOptions): Between {
  return {
    table: (table) => throttled(table, options),
    task: (token, called) => rehearsedTask(token, options.answered(token, called), options),
    listener: (name, listener) => rehearsedListener(name, listener, options),
    exchange: options.exchange,
    services: NO_SERVICES,
    secret: Buffer.alloc(32, 'rehearsal'),
  };
}

/** A rehearsal reaches nobody: what would be called there is for the network and the account that are real. */
const NO_SERVICES: ServiceCaller = {
  call: async ({ resource }) => {
    const what = 'integration' in resource ? resource.integration : resource.kind;
    throw new ServiceFailure('States.Runtime', `a rehearsal calls no services, and so not ${what}`);
  },
  close: async () => {},
};

function throttled(table: Table, { clock, draw, faults, count }: BetweenOptions): Table {
  return throttledTable(table, {
    ...{ clock, draw: draw.fork('table') },
    chance: () => faults().throttle,
    onThrottled: () => count('throttled call of the table'),
  });
}

function rehearsedTask(token: string, called: EngineFunction, options: BetweenOptions): EngineFunction {
  const { failureOfStep, note } = options;
  return async (payload, context) => {
    const path = isJsonObject(payload) ? payload['path'] : undefined;
    const isNoStep =
      isJsonObject(payload) && (payload['device'] !== undefined || payload['undoes'] !== undefined);
    const failure = typeof path === 'string' && !isNoStep ? failureOfStep(path) : undefined;
    if (failure !== undefined) throw new RuntimeError(failure, `rehearsed failure of "${String(path)}"`);
    return broken(() => called(payload, context), { ...options, name: token, note });
  };
}

/** SQS, EventBridge and IoT tell again what was not taken. */
function rehearsedListener<Told>(
  name: ListenerName,
  listener: Listener<Told>,
  options: BetweenOptions,
): Listener<Told> {
  const tell = (told: Told): Promise<unknown> => broken(() => listener(told), { ...options, name });
  // The engine tells of ends until it is heard.
  if (name === 'executionEnded') return tell;
  return async (told) => {
    for (const againMs of AGAIN_MS) {
      try {
        return await tell(told);
      } catch (error) {
        if (!(error instanceof RehearsedFault)) throw error;
        await sleep(options.clock, againMs);
      }
    }
    return tell(told);
  };
}

/** A call that may break before or after its work, or not come back. */
async function broken<T>(
  call: () => Promise<T>,
  options: BetweenOptions & { readonly name: string },
): Promise<T> {
  const { draw, clock, faults, count, note, name } = options;
  const { handlerFails, handlerHangs } = faults();
  const [fails, hangs] = [draw.chance(handlerFails), draw.chance(handlerHangs)];
  if (!fails && !hangs) return call();
  const isBefore = draw.chance(0.5);
  count(hangs ? 'handler that hangs' : 'handler that breaks');
  note(`the call of ${name} ${hangs ? 'hangs' : 'breaks'} ${isBefore ? 'before' : 'after'} its work`);
  if (!isBefore) await call();
  if (!hangs) throw new RehearsedFault('Lambda.ServiceException', `${name} has broken off`);
  await sleep(clock, HANDLER_TIMEOUT_MS);
  throw new RehearsedFault('Sandbox.Timedout', `Task timed out after ${HANDLER_TIMEOUT_MS / 1_000} seconds`);
}
