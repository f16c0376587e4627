import type { Item } from '#table/table.ts';

/**
 * Reads single fields of one kind of record from its item, and sees that each is what it has to be. For records that change many
 * times in each execution: to read them whole, by their schema, takes as long as all else that makes their events.
 */
export class RecordFields<Fields> {
  /** Throws where it is missing, or no text. */
  text(item: Item, name: keyof Fields & string): string {
    const value = item[name];
    return typeof value === 'string' ? value : unfit(item, name);
  }

  /** Undefined where it is missing; throws where it is no text. */
  optionalText(item: Item, name: keyof Fields & string): string | undefined {
    return item[name] === undefined ? undefined : this.text(item, name);
  }

  /** Throws where it is missing, or no name of this table. */
  nameIn<Name extends string>(
    item: Item,
    name: keyof Fields & string,
    table: Readonly<Record<Name, unknown>>,
  ): Name {
    const value = item[name];
    return isNameIn(value, table) ? value : unfit(item, name);
  }

  /** Throws where it is missing, or no number. */
  number(item: Item, name: keyof Fields & string): number {
    const value = item[name];
    return typeof value === 'number' ? value : unfit(item, name);
  }

  /** Undefined where it is missing; throws where it is no number. */
  optionalNumber(item: Item, name: keyof Fields & string): number | undefined {
    return item[name] === undefined ? undefined : this.number(item, name);
  }

  /** Throws where it is missing, or neither true nor false. */
  flag(item: Item, name: keyof Fields & string): boolean {
    const value = item[name];
    return typeof value === 'boolean' ? value : unfit(item, name);
  }

  /** Undefined where it is missing; throws where it is neither true nor false. */
  optionalFlag(item: Item, name: keyof Fields & string): boolean | undefined {
    return item[name] === undefined ? undefined : this.flag(item, name);
  }

  /** Whether a field has another value than before, or none any more; for fields that are no objects. */
  isChanged(before: Item | undefined, after: Item, name: keyof Fields & string): boolean {
    return before?.[name] !== after[name];
  }

  /** Whether a field has a value that it had not before; for fields that are no objects. */
  isNew(before: Item | undefined, after: Item, name: keyof Fields & string): boolean {
    return after[name] !== undefined && this.isChanged(before, after, name);
  }
}

function isNameIn<Name extends string>(
  value: unknown,
  table: Readonly<Record<Name, unknown>>,
): value is Name {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

function unfit({ pk, sk }: Item, name: string): never {
  throw new Error(`"${name}" of the record ${pk} ${sk} is not what it has to be`);
}
