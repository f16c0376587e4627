/** Whether two parts of models are equal; the order of keys says nothing, and a key without a value is as good as none. */
export function sameValue(left: unknown, right: unknown): boolean {
  return left === right || canonicalText(left) === canonicalText(right);
}

function canonicalText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? sorted(part) : part,
  );
}

function sorted(part: object): object {
  return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
}
