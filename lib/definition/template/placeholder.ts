/** A place in a text where the value of a parameter goes: `${{ site }}`. */
export interface Placeholder {
  readonly parameter: string;
  /** Where it begins in the text, in characters. */
  readonly start: number;
  /** Where the text goes on behind it. */
  readonly end: number;
}

const PLACEHOLDER = /\$\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}/g;

/** The placeholder of a parameter. */
export function placeholderFor(parameter: string): string {
  return `\${{ ${parameter} }}`;
}

/** The placeholders of a text. */
export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(({ 0: { length }, 1: parameter = '', index }) => ({
    parameter,
    start: index,
    end: index + length,
  }));
}

/** Where a text has a `${{` that begins no placeholder, in characters; undefined where it has none. */
export function brokenPlaceholder(text: string): number | undefined {
  const at = text.replaceAll(PLACEHOLDER, (found) => ' '.repeat(found.length)).indexOf('${{');
  return at < 0 ? undefined : at;
}

/** A text with other text in the place of its placeholders. */
export function replacePlaceholders(
  text: string,
  replacement: (one: Placeholder, index: number) => string,
): string {
  let [filled, end] = ['', 0];
  for (const [index, one] of placeholdersIn(text).entries()) {
    filled += text.slice(end, one.start) + replacement(one, index);
    end = one.end;
  }
  return filled + text.slice(end);
}
