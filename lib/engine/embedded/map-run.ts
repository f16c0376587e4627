import { createHash } from 'node:crypto';
import type { Json } from '#core/json.ts';
import type { ExecutionDescription, ExecutionRef } from '../engine.ts';
import type { Cancellation } from './cancellation.ts';
import { labelOf } from './definition.ts';
import { StateFailure } from './failure.ts';
import type { MapRunBounds, MapRunState } from './map-run-store.ts';
import { mapRunArn } from './map-runs.ts';
import type { ItemBatch } from './states/item-batches.ts';
import type { MapTry } from './states/map.ts';

/**
 * One run of a distributed Map: its children are executions of `<machine>/<label>`, named after the run and their place in it.
 * All of it follows from the execution and the event, so that a recovery comes to the same run; what was changed while it ran
 * is in its record.
 */
export class MapRun {
  readonly cancellation: Cancellation;
  readonly #tried: MapTry;
  readonly #key: { readonly event: number; readonly name: string };
  #state: MapRunState;
  readonly #id: number;

  /** Begins a run, goes on with it, or redrives it. `startedId` is the event that began this try of the Map. */
  constructor(tried: MapTry, startedId: number, bounds: MapRunBounds) {
    this.#tried = tried;
    const { thread, tasks } = tried.run;
    this.cancellation = thread.cancellation.child();
    const known = tasks.mapRuns.at(startedId);
    this.#key = { event: startedId, name: known?.name ?? nameOf(tried, startedId) };
    this.#state = { ...(known ?? { startedAt: 0, bounds, items: 0 }), ...this.#begin(known) };
    // The record follows on the event: what has a record without one was begun before, and is redriven.
    void thread.journal.flush().catch(() => undefined);
    this.#id = tasks.mapRuns.put(this.#key, this.#state);
  }

  get arn(): string {
    return mapRunArn(this.#key.name);
  }

  get bounds(): MapRunBounds {
    return this.#state.bounds;
  }

  /** Tells of bounds that are changed from now on, until the returned function is called. */
  follow(listener: () => void): () => void {
    return this.#tried.run.tasks.mapRuns.follow(this.#key.name, (bounds) => {
      this.#state = { ...this.#state, bounds };
      listener();
    });
  }

  /** Notes how many items and children there are; of children undefined, where it is not known. */
  count(items: number, executions: number | undefined): void {
    this.#put({ items, executions });
  }

  /** Notes how the run ended; `endedAt` is in ms since the Unix epoch. */
  end(status: MapRunState['status'], endedAt: number): void {
    this.cancellation.release();
    this.#put({ status, endedAt });
  }

  /** Runs a child to its end, or goes on waiting for it where it was begun before. */
  async runChild(index: number, batch: ItemBatch): Promise<ExecutionDescription> {
    const { tasks } = this.#tried.run;
    const ref = this.#child(index);
    const input = (): Promise<Json> => this.#inputOf(batch);
    await tasks.startItem({ ref, input, items: batch.items, run: this.#id, round: this.#state.redriveCount });
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

  /** The first children, in order, read one after the other: all of them might not fit into memory. */
  *children(count: number): Generator<ExecutionDescription> {
    for (let index = 0; index < count; index++) {
      const child = this.#tried.run.tasks.findItem(this.#child(index));
      if (child !== undefined) yield child;
    }
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

  async #inputOf(batch: ItemBatch): Promise<Json> {
    const input = await batch.input();
    const size = Buffer.byteLength(JSON.stringify(input));
    const limit = this.#tried.run.execution.maxPayloadBytes;
    if (size <= limit) return input;
    const reason = `The input of a child workflow execution has ${size} bytes, more than the ${limit} that it may have.`;
    throw new StateFailure('States.DataLimitExceeded', reason);
  }

  #begin(known: MapRunState | undefined): Pick<MapRunState, 'status' | 'startedAt' | 'redriveCount'> {
    const { thread } = this.#tried.run;
    const next = thread.peek()?.type;
    const isRedriven = next === undefined ? known !== undefined : next === 'MapRunRedriven';
    const details = { mapRunArn: this.arn };
    if (!isRedriven) {
      const { timestamp } = thread.record('MapRunStarted', details);
      return { ...RUNNING, startedAt: known?.startedAt ?? timestamp, redriveCount: known?.redriveCount ?? 0 };
    }
    const redriveCount = (known?.redriveCount ?? 0) + 1;
    const event = thread.record('MapRunRedriven', { ...details, redriveCount });
    const redriven = { redriveCount: Number(event.details['redriveCount']), redrivenAt: event.timestamp };
    return { ...RUNNING, startedAt: known?.startedAt ?? event.timestamp, ...redriven };
  }

  #put(change: Partial<MapRunState>): void {
    this.#state = { ...this.#state, ...change };
    this.#tried.run.tasks.mapRuns.put(this.#key, this.#state);
  }

  #child(index: number): ExecutionRef {
    const { name } = this.#key;
    const at = name.lastIndexOf(':');
    return { machine: name.slice(0, at), name: `${name.slice(at + 1)}-${index}` };
  }
}

const RUNNING = { status: 'RUNNING', endedAt: undefined } as const;

function nameOf({ state, name, run }: MapTry, startedId: number): string {
  const { machine, name: execution } = run.tasks.ref;
  const id = uuidOf(`${machine}/${execution}/${run.thread.name}/${startedId}`);
  return `${machine}/${labelOf(name, state)}:${id}`;
}

/** A name in the form of a UUID (RFC 9562, version 8) that follows from a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
