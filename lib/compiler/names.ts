import type { FreeVariable } from '#expression/parse.ts';
import type { Resolve } from './bindings.ts';
import type { Layout } from './layout.ts';
import { executionIdText, type Place } from './place.ts';
import type { References } from './references.ts';
import { fieldOf, objectText } from './text.ts';

/** What names are looked up in. */
export interface Names {
  readonly layout: Layout;
  readonly references: References;
}

/** What the names of the definition language stand for at a place. Names that are none of ours are left alone. */
export function resolveAt(place: Place, names: Names): Resolve {
  return (name, reads) => {
    const meaning = meaningOf(name, reads, { place, names });
    return meaning === `$${name}` ? undefined : meaning;
  };
}

/** The value of a name as text of an expression; undefined for a name that is none of ours. */
export function valueAt(name: string, place: Place, names: Names): string | undefined {
  return meaningOf(name, [], { place, names });
}

interface Looking {
  readonly place: Place;
  readonly names: Names;
}

function meaningOf(name: string, reads: readonly FreeVariable[], looking: Looking): string | undefined {
  const { place, names } = looking;
  switch (name) {
    case 'input':
      return names.references.readInput(place.scope, fieldsRead(reads));
    case 'execution':
      return objectText({
        id: executionIdText(place),
        startedAt: names.references.readStart(place.scope),
      });
    case 'vars':
      return variablesText(reads, looking);
    case 'error':
      return place.caught === undefined
        ? undefined
        : names.references.read(`${place.caught}__error`, place.scope);
    case 'result':
      return place.result;
    case 'target':
      return place.target;
    case 'item':
      return itemText(place.items.at(-1));
    default:
      if (place.items.includes(name)) return itemText(name);
      if (place.loop === name) return lastIterationText(name);
      return names.layout.scopes.has(name)
        ? names.references.read(name, place.scope, fieldsRead(reads))
        : undefined;
  }
}

/** What the last iteration of a loop gave, as text of an expression; null before the first. */
export function lastIterationText(id: string): string {
  return `($exists($${lastIterationVariable(id)}) ? $${lastIterationVariable(id)} : null)`;
}

/** Variable that holds what the last iteration of a loop gave. */
export function lastIterationVariable(id: string): string {
  return `${id}__last`;
}

function itemText(item: string | undefined): string | undefined {
  return item === undefined ? undefined : `$states.input.item.${fieldOf(item)}`;
}

/** `$vars` is what was set, the later over the earlier; of all that sets, what sets something that is read. */
function variablesText(reads: readonly FreeVariable[], { place, names }: Looking): string {
  const wanted = fieldsRead(reads);
  const sets = place.sets.filter(
    (setter) => wanted === undefined || wanted.some((field) => setter.names.has(field)),
  );
  const texts = sets.map(({ variable }) => names.references.read(variable, place.scope, wanted));
  const [only = '{}', second] = texts;
  return second === undefined ? only : `$merge([${texts.join(', ')}])`;
}

/** The variables by name, or undefined when the whole object is read. */
function fieldsRead(reads: readonly FreeVariable[]): readonly string[] | undefined {
  const fields = reads.flatMap(({ fields: [field] }) => (field === undefined ? [] : [field]));
  return reads.length > 0 && fields.length === reads.length ? fields : undefined;
}
