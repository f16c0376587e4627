import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { type CellTest, type CellValue, parseCell } from '#definition/decision/cell.ts';
import type { DecisionTable } from '#definition/decision/table.ts';

/**
 * Decides a table without expressions rule by rule, as DMN says and as slowly as it takes: what the compiled one is held
 * against. A conflict is the text `conflict`.
 */
export function decideNaively(
  table: DecisionTable,
  input: JsonObject,
  outputs: Readonly<Record<string, JsonObject>>,
): Json {
  const held = table.rules.filter(({ when }) =>
    Object.entries(when).every(([name, cell]) => cellHolds(cell, input[name] ?? null)),
  );
  const given = held.map(({ give }) => give);
  if (given.length === 0 && table.otherwise !== undefined) given.push(table.otherwise);
  const [first] = given;
  switch (table.hit ?? 'unique') {
    case 'unique':
      return held.length > 1 ? 'conflict' : (first ?? null);
    case 'first':
      return first ?? null;
    case 'any':
      return new Set(given.map((each) => JSON.stringify(each))).size > 1 ? 'conflict' : (first ?? null);
    case 'priority':
      return byOutput(given, outputs)[0] ?? null;
    case 'output-order':
      return byOutput(given, outputs);
    case 'rule-order':
      return given;
    case 'collect':
      return collected(table.aggregate, given);
  }
}

function byOutput(
  given: readonly JsonObject[],
  outputs: Readonly<Record<string, JsonObject>>,
): readonly JsonObject[] {
  const ranks = Object.entries(outputs).flatMap(([name, { enum: values }]) =>
    Array.isArray(values) ? [(each: JsonObject) => values.indexOf(each[name])] : [],
  );
  return given.toSorted((one, other) => {
    const rank = ranks.find((each) => each(one) !== each(other));
    return rank === undefined ? 0 : rank(one) - rank(other);
  });
}

function collected(aggregate: DecisionTable['aggregate'], given: readonly JsonObject[]): Json {
  if (aggregate === undefined) return given;
  if (aggregate === 'count') return given.length;
  const numbers = given.map((each) => Number(Object.values(each)[0]));
  if (numbers.length === 0) return null;
  if (aggregate === 'sum') return numbers.reduce((sum, each) => sum + each, 0);
  return aggregate === 'min' ? Math.min(...numbers) : Math.max(...numbers);
}

function cellHolds(cell: Json, value: Json): boolean {
  if (Array.isArray(cell)) return cell.includes(value);
  if (typeof cell !== 'string') return cell === value;
  const parsed = parseCell(cell);
  if ('message' in parsed) throw new Error(parsed.message);
  if (parsed.tests.length === 0) return true;
  return parsed.tests.some((test) => testHolds(test, value)) !== parsed.isNegated;
}

function testHolds(test: CellTest, value: Json): boolean {
  if (test.kind === 'compare') return compare(value, test.operator, test.value);
  return (
    compare(value, test.includesFrom ? '>=' : '>', test.from) &&
    compare(value, test.includesTo ? '<=' : '<', test.to)
  );
}

/** Dates are compared as JavaScript reads them, which is another way than ours. */
function compare(value: Json, operator: string, other: CellValue): boolean {
  const isDate = typeof other === 'object' && other !== null;
  const right = isDate ? Date.parse(other.text) : other;
  const left = isDate ? dateOf(value) : value;
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  if (
    typeof left !== typeof right ||
    isJsonObject(left) ||
    Array.isArray(left) ||
    left === null ||
    right === null
  )
    return false;
  if (typeof left === 'boolean') return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function dateOf(value: Json): Json {
  return typeof value === 'string' && /^\d{4}-/.test(value) ? Date.parse(value) : 'no date';
}
