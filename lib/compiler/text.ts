/** Texts of expressions that the compiler writes itself. */

/** Words that JSONata does not take as the name of a field. */
const KEYWORDS = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** A field's name as a step of a path. */
export function fieldOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}

/** A text as a literal. */
export function literal(text: string): string {
  return /^[^'"\\\p{C}]*$/u.test(text) ? `'${text}'` : JSON.stringify(text);
}

/** An object of fields to the texts of their values; a field whose value is undefined is left out of it when it runs. */
export function objectText(fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields).map(([name, text]) => `${literal(name)}: ${text}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** The first of some references that has a value, or null: what States Language takes where undefined is refused. */
export function firstExisting(references: readonly string[]): string {
  return references.toReversed().reduce((rest, text) => `$exists(${text}) ? ${text} : ${rest}`, 'null');
}
