/** Kinds and fields of the language that later releases bring, so that they are refused by name. */
export const LATER_FIELDS: readonly string[] = [];
