import * as z from 'zod';
import { Cell, type CellData, CellDataSchema } from './cell.ts';

/** A group as it is kept: cells by value, `''` for all values that are not told apart. */
export const GroupDataSchema = z.record(z.string(), CellDataSchema);

/** So many values of a dimension are told apart in one hour or day. */
export const MOST_VALUES = 100;
/** The name of the cell of all others. */
export const OTHERS = '';
const MOST_REMEMBERED = 1_000;
/** Longer values are cut. */
const LONGEST_VALUE = 128;

/**
 * Cells by the values of one dimension, of which there are at most so many: those whose hashes are the smallest are told apart, the others
 * are counted together. Which these are does not depend on the order in which they come, nor on how what is counted was divided before it
 * was merged: a value that is among the smallest of all is so of every part, and was never put to the others. And they are the same from
 * day to day, so that a trend of one does not break off.
 */
export class CellGroup {
  readonly #cells = new Map<string, Cell>();
  /** Greatest hash of the values that are told apart, once there are as many as there may be. */
  #greatest: string | undefined;
  /** Some of the values that are not: their hashes need not be made again. */
  readonly #leftOut = new Set<string>();

  /** One that was kept. */
  static restore(data: Readonly<Record<string, CellData>>): CellGroup {
    const group = new CellGroup();
    for (const [value, cell] of Object.entries(data)) group.#cells.set(value, Cell.restore(cell));
    return group;
  }

  /** The cells by value. */
  get cells(): ReadonlyMap<string, Cell> {
    return this.#cells;
  }

  /** The cell in which a value is counted. */
  cellOf(value: string): Cell {
    const name = value.slice(0, LONGEST_VALUE);
    const known = this.#cells.get(name);
    if (known !== undefined) return known;
    if (this.#isLeftOut(name)) return this.cellOf(OTHERS);
    const cell = Cell.empty();
    this.#cells.set(name, cell);
    this.#trim();
    return this.#cells.get(name) ?? this.cellOf(OTHERS);
  }

  #isLeftOut(value: string): boolean {
    if (this.#greatest === undefined) return false;
    if (this.#leftOut.has(value)) return true;
    if (rankOf(value) <= this.#greatest) return false;
    if (this.#leftOut.size < MOST_REMEMBERED) this.#leftOut.add(value);
    return true;
  }

  /** Adds all that another has counted. */
  merge(other: CellGroup): void {
    for (const [value, cell] of other.#cells) this.cellOf(value).merge(cell);
  }

  /** As it is kept. */
  save(): Record<string, CellData> {
    const sorted = [...this.#cells].sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(sorted.map(([value, cell]) => [value, cell.save()]));
  }

  #trim(): void {
    const named = [...this.#cells.keys()].filter((value) => value !== OTHERS);
    if (named.length < MOST_VALUES) return;
    const ranked = named.map((value) => ({ value, rank: rankOf(value) }));
    ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
    this.#greatest = ranked[MOST_VALUES - 1]?.rank;
    for (const { value } of ranked.slice(MOST_VALUES)) {
      const cell = this.#cells.get(value);
      this.#cells.delete(value);
      if (cell !== undefined) this.cellOf(OTHERS).merge(cell);
    }
  }
}

/** Values are ordered by a hash (FNV-1a, 32 bits), and where two have the same, by themselves. */
function rankOf(value: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < value.length; at++) {
    hash ^= value.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return `${hash.toString(16).padStart(8, '0')} ${value}`;
}
