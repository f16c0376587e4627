import { comparableOf } from './comparable.ts';

/** What tests compare with: a value, or a date, time or duration by its text. */
export type CellValue =
  | string
  | number
  | boolean
  | null
  | { readonly function: string; readonly text: string };

/** One test of a cell. */
export type CellTest =
  | { readonly kind: 'compare'; readonly operator: string; readonly value: CellValue }
  | {
      readonly kind: 'interval';
      readonly from: CellValue;
      readonly to: CellValue;
      readonly includesFrom: boolean;
      readonly includesTo: boolean;
    };

/** A cell that parses: one of its tests has to hold, or none where it is negated; without tests, anything holds. */
export interface Cell {
  readonly isNegated: boolean;
  readonly tests: readonly CellTest[];
}

/** Why a cell does not parse, and where in its text, in characters. */
export interface CellFault {
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
}

const VALUE = String.raw`-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|(?:true|false|null)\b|(?:date and time|date|time|duration)\("[^"]*"\)`;
const COMPARE = String.raw`(?<operator><=|>=|!=|<|>|=)?\s*(?<value>${VALUE})`;
const INTERVAL = String.raw`(?<open>[[\](])\s*(?<from>${VALUE})\s*\.\.\s*(?<to>${VALUE})\s*(?<close>[\])[])`;
const TEST = new RegExp(String.raw`\s*(?:${INTERVAL}|${COMPARE})\s*(?:,|$)`, 'y');
const NOT = /^(\s*not\s*\()([\s\S]*)\)\s*$/;

/**
 * Parses the text of a cell, as in DMN: `-` for anything, comparisons such as `> 20`, intervals such as `[1..5)`, values
 * such as `"a"`, several of these with commas, and `not(…)` around them.
 */
export function parseCell(text: string): Cell | CellFault {
  if (text.trim() === '-') return { isNegated: false, tests: [] };
  const [, opening, negated] = NOT.exec(text) ?? [];
  const found = parseTests(negated ?? text, opening?.length ?? 0);
  return 'message' in found ? found : { isNegated: negated !== undefined, tests: found };
}

function parseTests(text: string, start: number): readonly CellTest[] | CellFault {
  const tests: CellTest[] = [];
  TEST.lastIndex = 0;
  do {
    const at = TEST.lastIndex;
    const match = TEST.exec(text);
    if (match?.groups === undefined) return faultAt(text.slice(at), start + at);
    const test = toTest(match.groups);
    const fault = faultOf(test, match[0].trim().replace(/,$/, ''));
    if (fault !== undefined) return { ...fault, offset: start + at };
    tests.push(test);
  } while (TEST.lastIndex < text.length || text.endsWith(','));
  return tests;
}

function toTest({ operator = '=', value = '', open, from = '', to = '', close }: Groups): CellTest {
  if (open === undefined) return { kind: 'compare', operator, value: toValue(value) };
  return {
    kind: 'interval',
    from: toValue(from),
    to: toValue(to),
    includesFrom: open === '[',
    includesTo: close === ']',
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

function toValue(text: string): CellValue {
  const call = /^([a-z ]+)\("(.*)"\)$/.exec(text);
  if (call !== null) return { function: call[1] ?? '', text: call[2] ?? '' };
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  return /^[a-z]/.test(text) ? JSON.parse(text) : Number(text);
}

function faultOf(test: CellTest, text: string): Omit<CellFault, 'offset'> | undefined {
  const ends = test.kind === 'interval' ? [test.from, test.to] : [test.value];
  const places = ends.map(comparableOf);
  const unread = ends.find((end, at) => typeof end === 'object' && end !== null && places[at] === undefined);
  if (typeof unread === 'object' && unread !== null) {
    const hint = 'as in date("2026-11-25"), time("14:30:00"), duration("P3D")';
    return { message: `"${unread.text}" is no ${unread.function}`, hint };
  }
  const isOrdered = test.kind === 'interval' || !['=', '!='].includes(test.operator);
  if (isOrdered && places.includes(undefined))
    return { message: `true, false and null have no order: ${text}` };
  if (test.kind !== 'interval') return undefined;
  const [from, to] = places;
  if (from?.kind !== to?.kind) return { message: `both ends are of one kind: ${text}` };
  return isEmpty(test, from?.at ?? 0, to?.at ?? 0) ? { message: `nothing is in ${text}` } : undefined;
}

function isEmpty(
  { includesFrom, includesTo }: Extract<CellTest, { kind: 'interval' }>,
  from: number | string,
  to: number | string,
): boolean {
  return from > to || (from === to && !(includesFrom && includesTo));
}

function faultAt(rest: string, start: number): CellFault {
  const offset = start + (rest.length - rest.trimStart().length);
  const [word] = /^\s*[A-Za-z][\w-]*/.exec(rest) ?? [];
  const message = rest.trim() === '' ? 'a test is missing' : `this is no test: ${rest.trim()}`;
  if (word === undefined) return { message, offset };
  return { message, offset, hint: `a text stands in double quotes: "${word.trim()}"` };
}
