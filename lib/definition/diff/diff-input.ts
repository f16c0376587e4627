import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { followReferences } from '../schema-reference.ts';
import { breaking, type Change, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { sameValue } from './same-value.ts';
import { ANNOTATIONS, CONSTRAINTS } from './schema-constraints.ts';
import { valueWords } from './words.ts';

/** Schemas that refer to themselves are compared this deep. */
const MAX_DEPTH = 16;
/** Keywords that are compared part by part. */
const STRUCTURE: ReadonlySet<string> = new Set(['properties', 'required', 'items']);

/** The same place in two schemas, references followed. */
interface Place {
  /** Such as `sites[].name`; empty for the whole. */
  readonly path: string;
  readonly depth: number;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** The same place in two schemas as it is written there. */
interface Written {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

type FieldChange = Omit<Change, 'part'>;

/** What has changed of the input that a workflow takes, given its JSON Schemas; without one, it takes anything. */
export function diffInput(before: JsonObject = {}, after: JsonObject = {}): readonly Change[] {
  const goInto = ({ path, ...written }: Written, depth: number): readonly FieldChange[] =>
    depth > MAX_DEPTH
      ? []
      : diffPlace(
          {
            path,
            depth,
            before: followReferences(written.before, before) ?? {},
            after: followReferences(written.after, after) ?? {},
          },
          (inner) => goInto(inner, depth + 1),
        );
  return goInto({ path: '', before, after }, 0).map((change) => ({ part: 'input', ...change }));
}

function diffPlace(
  place: Place,
  goInto: (written: Written) => readonly FieldChange[],
): readonly FieldChange[] {
  const { path, before, after } = place;
  const items = goesInto(place, 'items')
    ? goInto({ path: `${path}[]`, before: before['items'], after: after['items'] })
    : [];
  return [...keywordChanges(place), ...propertyChanges(place, goInto), ...items];
}

function goesInto({ before, after }: Place, keyword: string): boolean {
  return before[keyword] !== undefined || after[keyword] !== undefined;
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

function propertyChanges(
  place: Place,
  goInto: (written: Written) => readonly FieldChange[],
): readonly FieldChange[] {
  const [before, after] = [propertiesOf(place.before), propertiesOf(place.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const inner = { path, before: ownValue(before, name), after: ownValue(after, name) };
    if (inner.before === undefined) return [addedField(path, isDemanded(place.after, name))];
    if (inner.after === undefined) return [removedField(path, place.after)];
    return [...demandChange(path, name, place), ...goInto(inner)];
  });
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function ownValue(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A default is filled in where a caller gives nothing. */
function isDemanded({ required, ...schema }: JsonObject, name: string): boolean {
  const field = ownValue(propertiesOf(schema), name);
  const hasDefault = isJsonObject(field) && field['default'] !== undefined;
  return Array.isArray(required) && required.includes(name) && !hasDefault;
}

const NOT_GIVEN = breaking('callers that do not give it are refused');

function addedField(of: string, isRequired: boolean): FieldChange {
  const verdict = isRequired ? NOT_GIVEN : COMPATIBLE;
  return { what: 'added', of, text: isRequired ? 'added, required' : 'added, optional', ...verdict };
}

function removedField(of: string, { additionalProperties }: JsonObject): FieldChange {
  const verdict = additionalProperties === false ? breaking('callers that give it are refused') : COMPATIBLE;
  return { what: 'removed', of, text: 'removed', ...verdict };
}

function demandChange(of: string, name: string, { before, after }: Place): readonly FieldChange[] {
  const [was, is] = [isDemanded(before, name), isDemanded(after, name)];
  if (was === is) return [];
  return is
    ? [{ what: 'changed', of, text: 'required now', ...NOT_GIVEN }]
    : [{ what: 'changed', of, text: 'no longer required', ...COMPATIBLE }];
}
