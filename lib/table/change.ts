import type { Item, Key } from './table.ts';

/** What a write made of an item: as it was before and as it is after; undefined where there was, or is, none. */
export interface ItemChange {
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** Reads an item as it is now, with what the open group has written. */
export type ReadNow = (key: Key) => Item | undefined;

/**
 * Told of changes within the group that makes them: what it writes meanwhile is committed with them, or not at all. It must
 * not throw. DynamoDB tells the same by its stream.
 */
export interface ChangeListener {
  /** Whether it wants to know of this item: of others, the item before is not read for it. */
  concerns(key: Key): boolean;
  take(change: ItemChange, read: ReadNow): void;
}
