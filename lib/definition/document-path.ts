import { isJsonObject, type Json } from '#core/json.ts';

/** A place in a document: keys and positions from its root. */
export type DocumentPath = readonly (string | number)[];

/** A path as people read it: `steps[1].with.release`. */
export function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** The path that a text of {@link formatPath} stands for. Its keys hold neither dots nor brackets. */
export function parsePath(text: string): DocumentPath {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = '']) =>
    index === undefined ? key : Number(index),
  );
}

/** The value at a path, or undefined where there is none. */
export function valueAt(document: Json | undefined, path: DocumentPath): Json | undefined {
  return path.reduce<Json | undefined>((value, part) => {
    if (typeof part === 'number') return Array.isArray(value) ? value[part] : undefined;
    return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, document);
}
