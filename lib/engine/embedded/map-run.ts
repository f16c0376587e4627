import { createHash } from 'node:crypto';
import type { Json } from '#core/json.ts';
import type { ExecutionDescription, ExecutionRef } from '../engine.ts';
import type { Cancellation } from './cancellation.ts';
import { labelOf } from './definition.ts';
import type { MapTry } from './states/map.ts';

/**
 * One run of a distributed Map: its children are executions of `<machine>/<label>`, named after the run and their place in it.
 * All of it follows from the execution and the event, so that a recovery comes to the same run.
 */
export class MapRun {
  readonly cancellation: Cancellation;
  readonly #tried: MapTry;
  readonly #id: string;

  /** `startedId` is the event that began this try of the Map. */
  constructor(tried: MapTry, startedId: number) {
    this.#tried = tried;
    const { thread, tasks } = tried.run;
    this.cancellation = thread.cancellation.child();
    this.#id = uuidOf(`${tasks.ref.machine}/${tasks.ref.name}/${thread.name}/${startedId}`);
  }

  /** Such as `arn:aws:states:local:000000000000:mapRun:rollout/each:3f0c…`. */
  get arn(): string {
    return `arn:aws:states:local:000000000000:mapRun:${this.#machine}:${this.#id}`;
  }

  /** Runs a child to its end, or goes on waiting for it where it was begun before. */
  async runChild(index: number, input: Json): Promise<ExecutionDescription> {
    const { tasks } = this.#tried.run;
    const ref: ExecutionRef = { machine: this.#machine, name: `${this.#id}-${index}` };
    await tasks.startItem(ref, input);
    return this.cancellation.wait<ExecutionDescription>((resolve) => {
      let ended = false;
      const giveUp = tasks.whenEnded(ref, (description) => {
        ended = true;
        resolve(description);
      });
      return () => {
        giveUp();
        if (!ended) tasks.stopChild(ref);
      };
    });
  }

  /** How results name a child. */
  namesOf({ machine, name }: ExecutionRef): {
    readonly name: string;
    readonly executionArn: string;
    readonly stateMachineArn: string;
  } {
    return {
      name,
      executionArn: `arn:aws:states:local:000000000000:execution:${machine}:${name}`,
      stateMachineArn: `arn:aws:states:local:000000000000:stateMachine:${machine}`,
    };
  }

  get #machine(): string {
    const { state, name, run } = this.#tried;
    return `${run.tasks.ref.machine}/${labelOf(name, state)}`;
  }
}

/** A name in the form of a UUID (RFC 9562, version 8) that follows from a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
