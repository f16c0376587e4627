import type { Json } from '#core/json.ts';
import type { Item, Update } from './table.ts';

/** The item as it is after an update; one that was not there is made. */
export function applyUpdate(update: Update, before: Item | undefined): Item {
  const attributes: Record<string, Json | undefined> = { ...before, ...update.set };
  for (const [name, amount] of Object.entries(update.add ?? {})) {
    const value = before?.[name];
    attributes[name] = (typeof value === 'number' ? value : 0) + amount;
  }
  for (const name of update.remove ?? []) delete attributes[name];
  return { ...attributes, ...update.key };
}
