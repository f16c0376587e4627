import { assertNever } from '#core/assert-never.ts';
import type { Condition, Item } from './table.ts';

/** Whether a condition holds for an item as it is before a write, or for there being none. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  if ('exists' in condition) return (item !== undefined) === condition.exists;
  if ('all' in condition) return condition.all.every((part) => holds(part, item));
  if ('any' in condition) return condition.any.some((part) => holds(part, item));
  const value = item?.[condition.attribute];
  if ('present' in condition) return (value !== undefined) === condition.present;
  if ('equals' in condition) return value === condition.equals;
  if ('oneOf' in condition) return condition.oneOf.some((candidate) => candidate === value);
  if ('below' in condition) return typeof value === 'number' && value < condition.below;
  return assertNever(condition);
}
