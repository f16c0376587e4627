import { setImmediate } from 'node:timers/promises';
import type { Json, JsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EmbeddedEngineOptions } from '#engine/embedded/engine-options.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';

/** Turns of the event loop without news after which only time brings any. */
const QUIET_TURNS = 30;

/** An embedded engine in memory, on a clock of its own. */
export class EngineRun {
  readonly clock = new VirtualClock();
  readonly engine: EmbeddedEngine;
  readonly #database = new Database(':memory:');
  #news = 0;

  constructor(
    functions: Readonly<Record<string, EngineFunction>> = {},
    options: Partial<EmbeddedEngineOptions> = {},
  ) {
    this.engine = new EmbeddedEngine({
      database: this.#database,
      clock: this.clock,
      random: seededRandom(1),
      functions,
      onEvents: () => {
        this.#news++;
      },
      ...options,
    });
  }

  /** Deploys and starts a machine whose first state comes first. */
  async start(states: Record<string, JsonObject>, input: Json = {}, name = 'one'): Promise<ExecutionRef> {
    const [StartAt = ''] = Object.keys(states);
    await this.engine.deploy({
      name: 'machine',
      definition: { QueryLanguage: 'JSONata', StartAt, States: states },
    });
    const ref = { machine: 'machine', name };
    await this.engine.start(ref, input);
    return ref;
  }

  /** Runs a whole machine to its end; without a query language of its own it is in JSONPath. */
  async runMachine(definition: JsonObject, input: Json = {}): Promise<ExecutionDescription> {
    await this.engine.deploy({ name: 'machine', definition });
    await this.engine.start({ machine: 'machine', name: 'one' }, input);
    return this.finish({ machine: 'machine', name: 'one' });
  }

  /** The events of the execution that \`runMachine\` runs: type, event before it, and name of the state or error. */
  async events(ref: ExecutionRef = { machine: 'machine', name: 'one' }): Promise<readonly string[]> {
    const events = await this.engine.history(ref, 0);
    return events.map(({ type, previousEventId, details }) => {
      const named = details['name'] ?? details['error'];
      return `${previousEventId} ${type}${named === undefined ? '' : ` ${String(named)}`}`;
    });
  }

  /** Lets everything happen that takes no time. */
  async quiet(): Promise<void> {
    for (let seen = this.#news, turns = 0; turns < QUIET_TURNS; turns++) {
      await setImmediate();
      if (this.#news !== seen) [seen, turns] = [this.#news, 0];
    }
  }

  /** Lets time go by until an execution has ended. */
  async finish(ref: ExecutionRef): Promise<ExecutionDescription> {
    for (;;) {
      await this.quiet();
      const description = await this.engine.describe(ref);
      if (description !== undefined && description.status !== 'RUNNING') return description;
      if (!(await this.clock.advanceToNext())) throw new Error('the execution waits for nothing');
    }
  }

  /** Runs a machine to its end. */
  async run(states: Record<string, JsonObject>, input: Json = {}): Promise<ExecutionDescription> {
    return this.finish(await this.start(states, input));
  }

  [Symbol.dispose](): void {
    this.engine.close();
    this.#database.close();
  }
}

/** A task that calls `WorkFunctionArn` with its name; what that gives is its output. */
export function callWork(name: string, more: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: name },
    Output: '{% $states.result.Payload %}',
    ...more,
  };
}

/** An error with the name that Retry and Catch match. */
export class NamedError extends Error {
  override readonly name: string;

  constructor(name: string, message = '') {
    super(message);
    this.name = name;
  }
}
