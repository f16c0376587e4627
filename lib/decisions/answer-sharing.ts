import type { Clock } from '#core/clock.ts';
import { parseDuration } from '#core/duration.ts';
import type { JsonObject } from '#core/json.ts';
import type { CompiledDecision } from './decision.ts';
import { type InputPath, textAt } from './reads.ts';
import { type AnswerCounts, NO_COUNTS, type SharedAnswer, type SharedAnswers } from './shared-answers.ts';

/** What sharing takes. */
export interface SharingPorts {
  readonly store: SharedAnswers;
  readonly clock: Clock;
  /** Milliseconds since any instant, with fractions. */
  readonly elapsedMs: () => number;
}

/** An answer of another process, and what it has read. */
export interface FoundAnswer extends SharedAnswer {
  readonly paths: readonly InputPath[];
}

/** After so long the store is asked again by which places others keep answers, in ms. */
const SHAPES_MS = 60_000;
/** Answers that are found before it is told, where none is made meanwhile. */
const TOLD_AFTER = 100;
/** An answer that is longer is not shared: an item of the store holds 400 KB. */
const MOST_CHARACTERS = 200_000;

/** How long answers of a decision count, in ms; undefined where they count for ever. */
export function ttlOf({ file }: CompiledDecision): number | undefined {
  return file.cache === undefined ? undefined : parseDuration(file.cache.ttl);
}

/** What this process shares of a decision: what it looks for and leaves in the store, and what it counts. */
export class AnswerSharing {
  readonly #ports: SharingPorts;
  readonly #decision: string;
  #shapes: readonly (readonly InputPath[])[] = [];
  #shapesUntil = Number.NEGATIVE_INFINITY;
  #untold: AnswerCounts = NO_COUNTS;

  constructor(ports: SharingPorts, decision: CompiledDecision) {
    this.#ports = ports;
    this.#decision = decision.fingerprint();
  }

  /** Counts an answer that this process had itself. */
  countOwn(savedMs: number): void {
    this.#add({ hits: 1, savedMs });
  }

  /** An answer that another process has left for this input. */
  async find(input: JsonObject): Promise<FoundAnswer | undefined> {
    const { clock, elapsedMs } = this.#ports;
    const began = elapsedMs();
    const found = await this.#look(input);
    this.#add({ readMs: elapsedMs() - began });
    if (found === undefined) return undefined;
    const ageMs = Math.max(0, clock.now() - found.madeAt);
    this.#add({ sharedHits: 1, savedMs: found.tookMs, ageMs, oldestMs: ageMs });
    if (this.#untold.hits + this.#untold.sharedHits >= TOLD_AFTER) await this.#tell();
    return found;
  }

  /** Counts an answer that was made, and leaves it where it can be shared. */
  async made(input: JsonObject, found: FoundAnswer | undefined): Promise<void> {
    this.#add({ misses: 1 });
    if (found !== undefined && JSON.stringify(found.answer).length <= MOST_CHARACTERS)
      await this.#ports.store.keep(this.#decision, textOf(found.paths, input), found);
    await this.#tell();
  }

  async #look(input: JsonObject): Promise<FoundAnswer | undefined> {
    const { store, clock } = this.#ports;
    if (clock.now() >= this.#shapesUntil) {
      this.#shapes = await store.shapesOf(this.#decision);
      this.#shapesUntil = clock.now() + SHAPES_MS;
    }
    for (const paths of this.#shapes) {
      const found = await store.find(this.#decision, textOf(paths, input));
      if (found !== undefined && clock.now() < found.until) return { ...found, paths };
    }
    return undefined;
  }

  async #tell(): Promise<void> {
    const counts = this.#untold;
    this.#untold = NO_COUNTS;
    await this.#ports.store.count(this.#decision, counts);
  }

  #add(more: Partial<AnswerCounts>): void {
    const before = this.#untold;
    const sum = (name: Exclude<keyof AnswerCounts, 'oldestMs'>): number => before[name] + (more[name] ?? 0);
    this.#untold = {
      ...{ hits: sum('hits'), sharedHits: sum('sharedHits'), misses: sum('misses') },
      ...{ savedMs: sum('savedMs'), readMs: sum('readMs'), ageMs: sum('ageMs') },
      oldestMs: Math.max(before.oldestMs, more.oldestMs ?? 0),
    };
  }
}

/** What was read, and where: the same text for equal values at the same places, and for nothing else. */
function textOf(paths: readonly InputPath[], input: JsonObject): string {
  return `${JSON.stringify(paths)}\n${textAt(input, paths)}`;
}
