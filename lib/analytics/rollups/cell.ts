import * as z from 'zod';
import { SparseSketch } from '#statistics/sparse-sketch.ts';

/** A cell as it is kept. */
export const CellDataSchema = z.object({
  counts: z.record(z.string(), z.number()),
  times: z.object({ bins: z.string(), sum: z.number(), min: z.number(), max: z.number() }).exactOptional(),
});

/** A cell as it is kept. */
export type CellData = z.infer<typeof CellDataSchema>;

/**
 * What was counted of one thing in one hour or day: sums by name, all of whole numbers, and the times that things took, in ms. Whatever
 * the order in which things are counted and cells merged, it is the same.
 */
export class Cell {
  readonly #counts = new Map<string, number>();
  readonly #times: SparseSketch;

  private constructor(times: SparseSketch) {
    this.#times = times;
  }

  /** One that has counted nothing. */
  static empty(): Cell {
    return new Cell(new SparseSketch());
  }

  /** One that was kept. */
  static restore({ counts, times }: CellData): Cell {
    const cell = new Cell(times === undefined ? new SparseSketch() : SparseSketch.restore(times));
    for (const [name, count] of Object.entries(counts)) cell.#counts.set(name, count);
    return cell;
  }

  /** How long things took, in ms. */
  get times(): SparseSketch {
    return this.#times;
  }

  /** A sum, by its name. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Several sums together. */
  total(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + this.count(name), 0);
  }

  /** Counts something. */
  add(counts: Readonly<Record<string, number>>, tookMs: number | undefined): void {
    for (const name in counts) this.#counts.set(name, this.count(name) + (counts[name] ?? 0));
    if (tookMs !== undefined) this.#times.add(tookMs);
  }

  /** Adds all that another has counted. */
  merge(other: Cell): void {
    for (const [name, count] of other.#counts) this.#counts.set(name, this.count(name) + count);
    this.#times.merge(other.#times);
  }

  /** As it is kept. */
  save(): CellData {
    const times = this.#times.save();
    const counts = Object.fromEntries([...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)));
    return { counts, ...(times === undefined ? {} : { times }) };
  }
}
