import { isJsonObject, type Json } from '#core/json.ts';

/** Whether two values are the same JSON; the order of an object's fields does not count. */
export function equalJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((value, index) => equalJson(value, right[index] ?? null))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const entries = Object.entries(left);
  return (
    entries.length === Object.keys(right).length &&
    entries.every(([key, value]) => {
      const other = Object.hasOwn(right, key) ? right[key] : undefined;
      return other !== undefined && equalJson(value, other);
    })
  );
}
