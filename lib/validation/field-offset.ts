import type { FreeVariable } from '#expression/parse.ts';

/**
 * Where one of the fields that follow a variable stands in the expression, in characters; where the variable stands when
 * something other than white space is between them.
 */
export function fieldOffset(text: string, { offset, name, fields }: FreeVariable, depth: number): number {
  let at = offset + 1 + name.length;
  for (const field of fields.slice(0, depth)) {
    const start = fieldStart(text, at, field);
    if (start === undefined) return offset;
    at = start + field.length + (text[start] === '`' ? 2 : 0);
  }
  return fieldStart(text, at, fields[depth] ?? '') ?? offset;
}

function fieldStart(text: string, at: number, field: string): number | undefined {
  const opening = /^\s*\.\s*/.exec(text.slice(at))?.[0];
  if (opening === undefined) return undefined;
  const start = at + opening.length;
  const found = text.startsWith(field, start) || text.startsWith(`\`${field}\``, start);
  return found ? start : undefined;
}
