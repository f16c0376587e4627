import { assertNever } from '#core/assert-never.ts';
import type { Json } from '#core/json.ts';
import type { Condition, Query, Update } from './table.ts';

/** The names and values that an expression of DynamoDB stands for. */
export interface ExpressionParts {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Json>;
}

/** Builds expressions of DynamoDB, which may hold neither names nor values themselves. */
export class ExpressionBuilder {
  readonly #names = new Map<string, string>();
  readonly #values: Json[] = [];

  /** The placeholder of an attribute's name. */
  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  /** The placeholder of a value. */
  value(value: Json): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }

  /** The text of what a query looks for. */
  keyCondition({ index = 'table', partition, prefix = '', from, descending = false }: Query): string {
    const [pk, sk] = index === 'table' ? ['pk', 'sk'] : [`${index}pk`, `${index}sk`];
    const ofPartition = `${this.name(pk)} = ${this.value(partition)}`;
    if (from === undefined && prefix === '') return ofPartition;
    const sort = this.name(sk);
    if (from === undefined) return `${ofPartition} AND begins_with(${sort}, ${this.value(prefix)})`;
    // DynamoDB takes one condition on the sort key, so that a prefix becomes an end.
    if (prefix === '') return `${ofPartition} AND ${sort} ${descending ? '<=' : '>='} ${this.value(from)}`;
    const [low, high] = descending ? [prefix, from] : [from, `${prefix}\u{10ffff}`];
    return `${ofPartition} AND ${sort} BETWEEN ${this.value(low)} AND ${this.value(high)}`;
  }

  /** The text of a condition. */
  condition(condition: Condition): string {
    if ('exists' in condition) return this.#presence('pk', condition.exists);
    if ('all' in condition) return this.#joined(condition.all, 'AND');
    if ('any' in condition) return this.#joined(condition.any, 'OR');
    const name = this.name(condition.attribute);
    if ('present' in condition) return this.#presence(condition.attribute, condition.present);
    if ('equals' in condition) return `${name} = ${this.value(condition.equals)}`;
    if ('oneOf' in condition)
      return `${name} IN (${condition.oneOf.map((value) => this.value(value)).join(', ')})`;
    if ('below' in condition) return `${name} < ${this.value(condition.below)}`;
    return assertNever(condition);
  }

  /** The text of an update; undefined when it changes nothing. */
  update({ set = {}, add = {}, remove = [] }: Update): string | undefined {
    const clauses = [
      ['SET', Object.entries(set).map(([name, value]) => `${this.name(name)} = ${this.value(value)}`)],
      ['ADD', Object.entries(add).map(([name, amount]) => `${this.name(name)} ${this.value(amount)}`)],
      ['REMOVE', remove.map((name) => this.name(name))],
    ] as const;
    const texts = clauses
      .filter(([, parts]) => parts.length > 0)
      .map(([verb, parts]) => `${verb} ${parts.join(', ')}`);
    return texts.length === 0 ? undefined : texts.join(' ');
  }

  /** What the placeholders stand for, in the shape of a request. */
  parts(): ExpressionParts {
    const values = this.#values.map((value, at) => [`:v${at}`, value] as const);
    return {
      ...(this.#names.size === 0
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, at]) => [at, name])) }),
      ...(values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }

  #presence(attribute: string, isThere: boolean): string {
    return `${isThere ? 'attribute_exists' : 'attribute_not_exists'}(${this.name(attribute)})`;
  }

  #joined(conditions: readonly Condition[], operator: 'AND' | 'OR'): string {
    return conditions.map((condition) => `(${this.condition(condition)})`).join(` ${operator} `);
  }
}
