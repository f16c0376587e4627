import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { followReferences } from '../schema-reference.ts';
import { breaking, type Change, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { comparable } from './comparable-schemas.ts';
import { sameValue } from './same-value.ts';
import { ANNOTATIONS, CONSTRAINTS } from './schema-constraints.ts';
import { valueWords } from './words.ts';

/** Schemas that refer to others again and again have many places; no more are compared. */
const MAX_PLACES = 5_000;
/** Keywords that are compared part by part. */
const STRUCTURE: ReadonlySet<string> = new Set(['properties', 'required', 'items']);

/** The same place in two schemas as it is written there; empty path for the whole, else such as `sites[].name`. */
interface Written {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** The same place, references followed. */
interface Place {
  readonly path: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

type FieldChange = Omit<Change, 'part'>;

/** Compares a place inside another. */
type GoInto = (written: Written) => readonly FieldChange[];

/** What has changed of the input that a workflow takes, given its JSON Schemas; without one, it takes anything. */
export function diffInput(before: JsonObject = {}, after: JsonObject = {}): readonly Change[] {
  let places = 0;
  const goInto = (written: Written, around: readonly Pair[]): readonly FieldChange[] => {
    const pair = { was: schemaAt(written.before, before), is: schemaAt(written.after, after) };
    if (isSettled(pair, around) || ++places > MAX_PLACES) return [];
    const place = { path: written.path, ...comparable(pair) };
    return diffPlace(place, (inner) => goInto(inner, [...around, pair]));
  };
  return goInto({ path: '', before, after }, []).map((change) => ({ part: 'input', ...change }));
}

/** Two schemas of one place as they are written, references followed; undefined takes anything. */
interface Pair {
  readonly was: JsonObject | undefined;
  readonly is: JsonObject | undefined;
}

const TAKES_NOTHING: JsonObject = { not: {} };

function schemaAt(written: Json | undefined, root: JsonObject): JsonObject | undefined {
  return written === false ? TAKES_NOTHING : followReferences(written, root);
}

/** Where neither says anything, nothing has changed; and inside of itself, a schema has nothing new to tell. */
function isSettled({ was, is }: Pair, around: readonly Pair[]): boolean {
  return (was === undefined && is === undefined) || around.some((pair) => pair.was === was && pair.is === is);
}

function diffPlace(place: Place, goInto: GoInto): readonly FieldChange[] {
  const { path, before, after } = place;
  const items = goInto({ path: `${path}[]`, before: before['items'], after: after['items'] });
  return [...keywordChanges(place), ...propertyChanges(place, goInto), ...items];
}

function keywordChanges({ path, before, after }: Place): readonly FieldChange[] {
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords]
    .filter((keyword) => !STRUCTURE.has(keyword) && !ANNOTATIONS.has(keyword))
    .filter((keyword) => !sameValue(before[keyword], after[keyword]))
    .map((keyword) => ({
      what: 'changed',
      of: path,
      text: `${keyword}: ${valueWords(before[keyword])} → ${valueWords(after[keyword])}`,
      ...verdictOf(keyword, before[keyword], after[keyword]),
    }));
}

function verdictOf(keyword: string, before: Json | undefined, after: Json | undefined): Verdict {
  const judge = Object.hasOwn(CONSTRAINTS, keyword) ? CONSTRAINTS[keyword] : undefined;
  return judge?.(before, after) ?? unsure('values that were taken may be refused');
}

function propertyChanges(place: Place, goInto: GoInto): readonly FieldChange[] {
  const [before, after] = [propertiesOf(place.before), propertiesOf(place.after)];
  const demanded = [...requiredOf(place.before), ...requiredOf(place.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...demanded])];
  return names.flatMap((name) => {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const inner = { path, before: ownValue(before, name), after: ownValue(after, name) };
    if (inner.before === undefined && inner.after !== undefined) return [addedField(path, name, place)];
    const demand = demandChange(path, name, place);
    if (inner.before !== undefined && inner.after === undefined)
      return [removedField(path, place.after), ...demand.filter(({ impact }) => impact === 'breaking')];
    return [...demand, ...goInto(inner)];
  });
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function ownValue(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function requiredOf({ required }: JsonObject): readonly string[] {
  return Array.isArray(required) ? required.map(String) : [];
}

/** A default is filled in where a caller gives nothing. */
function isDemanded(schema: JsonObject, name: string): boolean {
  const field = ownValue(propertiesOf(schema), name);
  const hasDefault = isJsonObject(field) && field['default'] !== undefined;
  return requiredOf(schema).includes(name) && !hasDefault;
}

const NOT_GIVEN = breaking('callers that do not give it are refused');

function addedField(of: string, name: string, { before, after }: Place): FieldChange {
  const isRequired = isDemanded(after, name);
  const verdict = isRequired && !isDemanded(before, name) ? NOT_GIVEN : COMPATIBLE;
  return { what: 'added', of, text: isRequired ? 'added, required' : 'added, optional', ...verdict };
}

function removedField(of: string, after: JsonObject): FieldChange {
  const isClosed = after['additionalProperties'] === false || after['unevaluatedProperties'] === false;
  const verdict = isClosed ? breaking('callers that give it are refused') : COMPATIBLE;
  return { what: 'removed', of, text: 'removed', ...verdict };
}

function demandChange(of: string, name: string, { before, after }: Place): readonly FieldChange[] {
  const [was, is] = [isDemanded(before, name), isDemanded(after, name)];
  if (was === is) return [];
  return is
    ? [{ what: 'changed', of, text: 'required now', ...NOT_GIVEN }]
    : [{ what: 'changed', of, text: 'no longer required', ...COMPATIBLE }];
}
