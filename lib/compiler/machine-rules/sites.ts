import type { Json } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { ReadText, TextReading } from './expression-names.ts';
import { type MachineState, objectOf, type StatePart } from './machine.ts';

/** A text of a state that may be an expression, and where it stands. */
export interface TextSite {
  readonly state: MachineState;
  /** The state itself, or the catcher or rule that it is in. */
  readonly part: StatePart;
  /** The field of the part that holds it, such as `Output`. */
  readonly field: string;
  readonly path: DocumentPath;
  readonly value: string;
  readonly reading: TextReading;
}

/** Fields that take constants, and those whose states and parts are looked at by themselves. */
const WITHOUT_EXPRESSIONS = new Set([
  ...['Type', 'Comment', 'QueryLanguage', 'Next', 'Default', 'Resource', 'Label', 'ErrorEquals', 'Retry'],
  ...['Branches', 'ItemProcessor', 'Catch', 'Choices'],
]);

/** Every text of a state that may be an expression. */
export function sitesOf(state: MachineState, read: ReadText): readonly TextSite[] {
  return state.parts.flatMap((part) =>
    Object.entries(part.fields).flatMap(([field, value]) => {
      if (WITHOUT_EXPRESSIONS.has(field)) return [];
      return textsIn(value, [...part.path, field]).map(
        ([path, text]): TextSite => ({ state, part, field, path, value: text, reading: read(text) }),
      );
    }),
  );
}

function textsIn(value: Json, path: DocumentPath): (readonly [DocumentPath, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((entry: Json, index) => textsIn(entry, [...path, index]));
  return Object.entries(objectOf(value)).flatMap(([key, entry]) => textsIn(entry, [...path, key]));
}
