import { visit } from 'yaml';
import { isJsonText } from '../json-comments.ts';
import type { Source } from '../source.ts';
import { jsonText } from './json-text.ts';
import { yamlText } from './yaml-text.ts';

/** How a file is written. */
export type Format = 'json' | 'yaml';

/** A file written in another format. */
export interface Converted {
  readonly text: string;
  /** How many aliases were written out, since JSON has none. */
  readonly aliases: number;
}

/** How a text is written: what is JSON, or JSON with comments, is told as such, though it is YAML too. */
export function formatOf(text: string): Format {
  return isJsonText(text) ? 'json' : 'yaml';
}

/**
 * A file in a format, with the same value and the same comments; what is in that format already stays as it is.
 * Undefined for a file that does not parse.
 */
export function convertSource({ document, text }: Source, to: Format): Converted | undefined {
  if (document === undefined) return undefined;
  if (formatOf(text) === to) return { text, aliases: 0 };
  if (to === 'yaml') return { text: yamlText({ document, text }), aliases: 0 };
  let aliases = 0;
  visit(document, { Alias: () => void aliases++ });
  return { text: jsonText({ document, text }), aliases };
}
