import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { AnswerSharing, type FoundAnswer, ttlOf } from './answer-sharing.ts';
import { type CompiledDecision, type DecideOptions, decide } from './decision.ts';
import { type InputPath, Reads, textAt } from './reads.ts';
import type { SharedAnswers } from './shared-answers.ts';
import type { Answer } from './trace.ts';

/** How much is kept at most, and where answers are shared. */
export interface AnswerCacheOptions {
  /** Answers, of all decisions together. Default 10,000. */
  readonly maxAnswers?: number;
  /** Characters of what was read and answered. Default 16 million. */
  readonly maxCharacters?: number;
  /** Milliseconds since any instant, with fractions. Default: of this process. */
  readonly elapsedMs?: () => number;
  /** By what answers are aged whose decision says how long they count. Default: the system's. */
  readonly clock?: Clock;
  /** Where processes share answers of decisions that ask for it. Default: nowhere. */
  readonly store?: SharedAnswers;
}

/** What a cache has done for a decision in this process. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  /** How long the answers took, in ms, that were found instead of being made again. */
  readonly savedMs: number;
}

interface KeptAnswer {
  readonly answer: Answer;
  readonly tookMs: number;
  /** Until when it counts, in ms since the Unix epoch. */
  readonly until: number;
}

/** What is known of a decision: its number here, what its answers have read, and what the cache has done. */
interface Known {
  readonly number: number;
  readonly shapes: (readonly InputPath[])[];
  readonly sharing: AnswerSharing | undefined;
  readonly ttlMs: number;
  hits: number;
  misses: number;
  savedMs: number;
}

/** By so many different sets of places answers of a decision are found; each is tried. */
export const MAX_SHAPES = 8;
/** An answer that has read more characters is not kept: comparing them costs as much as it saves. */
const MAX_READ = 4_000;

/**
 * Answers of decisions by what they have read. A decision is a compiled one: another version, and other reference data, is another.
 * Only those with expressions for JSONata are kept: any other is made anew in less time than it is found.
 */
export class AnswerCache {
  readonly #answers: LRUCache<string, KeptAnswer>;
  readonly #known = new WeakMap<CompiledDecision, Known>();
  readonly #elapsedMs: () => number;
  readonly #clock: Clock;
  readonly #store: SharedAnswers | undefined;
  #decisions = 0;
  #hits = 0;
  #misses = 0;

  constructor({
    maxAnswers = 10_000,
    maxCharacters = 16_000_000,
    elapsedMs = () => performance.now(),
    clock = systemClock,
    store,
  }: AnswerCacheOptions = {}) {
    this.#answers = new LRUCache({ max: maxAnswers, maxSize: maxCharacters });
    this.#elapsedMs = elapsedMs;
    this.#clock = clock;
    this.#store = store;
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#answers.size;
  }

  /** How many answers it has found, and had made, of all decisions together. */
  get totals(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** What it has done for a decision so far; undefined for one that is always made anew. */
  countsOf(decision: CompiledDecision): CacheCounts | undefined {
    if (!decision.takesJsonata) return undefined;
    const { hits, misses, savedMs } = this.#of(decision);
    return { hits, misses, savedMs };
  }

  /** Decides as {@link decide} does, with the same errors; from what is kept where that is the same. */
  decide(decision: CompiledDecision, input: Json, options: DecideOptions = {}): Answer | Promise<Answer> {
    if (!decision.takesJsonata || options.tellAll === true) return decide(decision, input, options);
    const complete = decision.readInput(input);
    const known = this.#of(decision);
    const found = this.#find(known, complete);
    if (found === undefined) return this.#findOrMake(decision, known, { complete, options });
    known.hits++;
    this.#hits++;
    known.savedMs += found.tookMs;
    known.sharing?.countOwn(found.tookMs);
    return found.answer;
  }

  #find({ number, shapes }: Known, input: JsonObject): KeptAnswer | undefined {
    for (const [shape, paths] of shapes.entries()) {
      const found = this.#answers.get(keyOf({ number, shape }, textAt(input, paths)));
      if (found !== undefined && this.#clock.now() < found.until) return found;
    }
    return undefined;
  }

  async #findOrMake(decision: CompiledDecision, known: Known, asked: Asked): Promise<Answer> {
    const shared = await known.sharing?.find(asked.complete);
    if (shared === undefined) return this.#make(decision, known, asked);
    known.hits++;
    known.savedMs += shared.tookMs;
    return this.#keep(known, asked.complete, shared)?.answer ?? shared.answer;
  }

  async #make(decision: CompiledDecision, known: Known, { complete, options }: Asked): Promise<Answer> {
    known.misses++;
    this.#misses++;
    const reads = new Reads();
    const began = this.#elapsedMs();
    const answer = await decide(decision, complete, { ...options, reads });
    const tookMs = this.#elapsedMs() - began;
    const madeAt = this.#clock.now();
    const made = { answer, tookMs, madeAt, until: madeAt + known.ttlMs, paths: reads.paths };
    const kept = reads.isPure ? this.#keep(known, complete, made) : undefined;
    await known.sharing?.made(complete, kept === undefined ? undefined : { ...made, answer: kept.answer });
    return answer;
  }

  /** Keeps a copy: what is answered may be part of what was given. */
  #keep({ number, shapes }: Known, complete: JsonObject, made: FoundAnswer): KeptAnswer | undefined {
    const { paths, tookMs, until } = made;
    const text = textAt(complete, paths);
    if (text.length > MAX_READ) return undefined;
    const shape = placeOf(paths, shapes);
    if (shape === undefined) return undefined;
    const copy = JSON.stringify(made.answer);
    const answer: Answer = JSON.parse(copy);
    const kept = { answer, tookMs, until };
    this.#answers.set(keyOf({ number, shape }, text), kept, { size: text.length + copy.length });
    return kept;
  }

  #of(decision: CompiledDecision): Known {
    const known = this.#known.get(decision);
    if (known !== undefined) return known;
    const begun: Known = {
      ...{ number: this.#decisions++, shapes: [], sharing: this.#sharingOf(decision) },
      ttlMs: ttlOf(decision) ?? Number.POSITIVE_INFINITY,
      ...{ hits: 0, misses: 0, savedMs: 0 },
    };
    this.#known.set(decision, begun);
    return begun;
  }

  #sharingOf(decision: CompiledDecision): AnswerSharing | undefined {
    if (this.#store === undefined || decision.file.cache?.shared !== true) return undefined;
    const ports = { store: this.#store, clock: this.#clock, elapsedMs: this.#elapsedMs };
    return new AnswerSharing(ports, decision);
  }
}

/** What a decision is asked with, complete, and how. */
interface Asked {
  readonly complete: JsonObject;
  readonly options: DecideOptions;
}

function keyOf({ number, shape }: { readonly number: number; readonly shape: number }, text: string): string {
  return `${number} ${shape} ${text}`;
}

/** Where some places are among the known sets of places, to which they are added; undefined where there is no room. */
function placeOf(paths: readonly InputPath[], shapes: (readonly InputPath[])[]): number | undefined {
  const text = JSON.stringify(paths);
  const at = shapes.findIndex((each) => JSON.stringify(each) === text);
  if (at >= 0) return at;
  return shapes.length < MAX_SHAPES ? shapes.push(paths) - 1 : undefined;
}
