/** A place in a document: keys and positions from its root. */
export type DocumentPath = readonly (string | number)[];

/** A path as people read it: `steps[1].with.release`. */
export function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
