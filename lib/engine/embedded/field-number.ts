import type { Json } from '#core/json.ts';
import { StateFault } from './failure.ts';
import type { FieldValue } from './query/query.ts';
import { evaluationFault } from './template.ts';

/** The number that a field gives; a text with a number counts where it comes by a path. Throws StateFault for any other. */
export function numberOf(value: FieldValue, kind: 'integer' | 'float'): number {
  const number = readNumber(value);
  if (number !== undefined && (kind === 'float' || Number.isInteger(number))) return number;
  const { field, path, expression } = value;
  if (expression !== undefined) {
    throw evaluationFault(expression, field, unexpectedType('number', value.value));
  }
  const text = typeof value.value === 'string' ? value.value : JSON.stringify(value.value);
  const place = path === undefined ? '' : `: ${path}`;
  throw new StateFault(
    'States.Runtime',
    `The ${field} field refers to value "${text}" which is not a valid ${kind}${place}`,
  );
}

/** What an expression gave instead of what its field takes, in the words of Step Functions. */
export function unexpectedType(wanted: string, value: Json): string {
  return `returned an unexpected result type. Expected '${wanted}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`;
}

function readNumber({ value, path }: FieldValue): number | undefined {
  if (typeof value === 'number') return value;
  const isNumeric = path !== undefined && typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value);
  return isNumeric ? Number(value) : undefined;
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
