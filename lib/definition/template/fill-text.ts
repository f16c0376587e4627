import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { type DelimitedExpression, readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError } from '#expression/parse.ts';
import type { Finding } from '../source.ts';
import { BROKEN_PLACEHOLDER, becomesCode, noPlace, noText, unknownParameter } from './findings.ts';
import { brokenPlaceholder, type Placeholder, placeholdersIn, replacePlaceholders } from './placeholder.ts';
import type { Template } from './template.ts';
import { valuePlaces } from './value-places.ts';

/** The parameters of a template, and what they are. */
export interface Arguments {
  readonly properties: Template['properties'];
  readonly values: JsonObject;
}

/** What is wrong with a text that holds placeholders, some characters from its beginning. */
export interface TextFault {
  readonly offset: number;
  readonly finding: Finding;
}

/** A text with values in the place of its placeholders. */
export interface FilledText {
  /** Undefined where the text is a placeholder whose parameter has no value. */
  readonly value: Json | undefined;
  readonly faults: readonly TextFault[];
}

/** Fills a value of a template. An expression that stands without delimiters is `bare`. */
export function fillText(text: string, isBare: boolean, given: Arguments): FilledText {
  const faults = faultsOfPlaceholders(text, given);
  const placeholders = placeholdersIn(text);
  if (faults.length > 0 || placeholders.length === 0) return { value: text, faults };
  const expression = isBare ? { text, offset: 0 } : readExpression(text);
  if (expression !== undefined) return fillExpression(text, expression, given);
  const [only] = placeholders;
  return only !== undefined && text.trim().length === only.end - only.start
    ? fillWhole(only, given)
    : fillWords(text, given);
}

/** Fills a key of a template. */
export function fillKey(key: string, given: Arguments): FilledText & { readonly value: string } {
  const faults = faultsOfPlaceholders(key, given);
  return faults.length > 0 ? { value: key, faults } : fillWords(key, given);
}

/** Placeholders that are none, or that name no parameter. */
function faultsOfPlaceholders(text: string, { properties }: Arguments): TextFault[] {
  const broken = brokenPlaceholder(text);
  const unknown = placeholdersIn(text).filter(({ parameter }) => !Object.hasOwn(properties, parameter));
  return [
    ...(broken === undefined ? [] : [{ offset: broken, finding: BROKEN_PLACEHOLDER }]),
    ...unknown.map(({ start, parameter }) => ({
      offset: start,
      finding: unknownParameter(parameter, Object.keys(properties)),
    })),
  ];
}

/** A value that is a placeholder becomes the value of the parameter. */
function fillWhole({ parameter, start }: Placeholder, given: Arguments): FilledText {
  const value = argumentOf(parameter, given);
  const isCode = value !== undefined && holdsExpression(value);
  return { value, faults: isCode ? [{ offset: start, finding: becomesCode(parameter) }] : [] };
}

/** In an expression, a placeholder becomes a JSON literal; null where the parameter has no value. */
function fillExpression(
  text: string,
  { text: inner, offset }: DelimitedExpression,
  given: Arguments,
): FilledText {
  try {
    const places = new Set(valuePlaces(inner).map(({ start }) => start + offset));
    const faults = placeholdersIn(text)
      .filter(({ start }) => !places.has(start))
      .map(({ start, parameter }) => ({ offset: start, finding: noPlace(parameter) }));
    const literal = ({ parameter }: Placeholder): string =>
      JSON.stringify(argumentOf(parameter, given) ?? null);
    return { value: faults.length > 0 ? text : replacePlaceholders(text, literal), faults };
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    const finding = { code: 'SW1301', message: `this is no expression: ${error.message}` };
    return { value: text, faults: [{ offset: offset + error.offset, finding }] };
  }
}

/** Among other words, a placeholder becomes text. */
function fillWords(text: string, given: Arguments): FilledText & { readonly value: string } {
  const faults: TextFault[] = [];
  const value = replacePlaceholders(text, ({ parameter, start }) => {
    const word = argumentOf(parameter, given);
    if (typeof word === 'string') return word;
    if (typeof word === 'number' || typeof word === 'boolean') return String(word);
    faults.push({ offset: start, finding: noText(parameter, word) });
    return '';
  });
  const [first] = placeholdersIn(text);
  if (first !== undefined && readExpression(value) !== undefined)
    faults.push({ offset: first.start, finding: becomesCode(first.parameter) });
  return { value, faults };
}

function argumentOf(parameter: string, { values }: Arguments): Json | undefined {
  return Object.hasOwn(values, parameter) ? values[parameter] : undefined;
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return readExpression(value) !== undefined;
  if (Array.isArray(value)) return value.some(holdsExpression);
  return isJsonObject(value) && Object.values(value).some(holdsExpression);
}
