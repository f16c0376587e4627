import type { Json } from '#core/json.ts';
import type { ColumnDefinition, Row } from './columns.ts';

/** How rows are written as text, a line a row. */
export interface TextFormat {
  readonly head: string;
  line(row: Row): string;
}

/** A value as a line. Some readers take U+2028 and U+2029 for the ends of lines, which JSON does not. */
export function jsonLine(value: Json): string {
  const text = JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return `${text}\n`;
}

/** JSON Lines: an object a row, without columns that it has no value for. */
export function jsonLines(columns: readonly ColumnDefinition[]): TextFormat {
  return {
    head: '',
    line: (row) => {
      const entries = columns.flatMap(({ name }) => {
        const value = row[name];
        return value === undefined ? [] : [[name, value] as const];
      });
      return jsonLine(Object.fromEntries(entries));
    },
  };
}

/** CSV of RFC 4180 with a first line of names; what has no value is empty, what is no text, number or truth is JSON. */
export function csv(columns: readonly ColumnDefinition[]): TextFormat {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  return {
    head: line(columns.map(({ name }) => quoted(name))),
    line: (row) => line(columns.map(({ name, type }) => quoted(cellText(row[name], type)))),
  };
}

/** What stands in a cell of text. */
export function cellText(value: Json | undefined, type: ColumnDefinition['type']): string {
  if (value === undefined || value === null) return '';
  if (type === 'json') return JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
