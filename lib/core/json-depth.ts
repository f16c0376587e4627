/**
 * Where a JSON text goes deeper than so many levels of arrays and objects: the index of the bracket; undefined where it does not. It counts
 * brackets outside of strings, in one pass and without a stack, whatever the text is.
 */
export function placeBelow(text: string, levels: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > levels) return at;
  }
  return undefined;
}

/** Where the string that begins at a quote ends; past the text for one that does not. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
