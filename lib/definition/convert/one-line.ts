import { isCollection } from 'yaml';

/** Longest list or map that stays on a line, in characters. */
const WIDEST = 60;

/** Whether a list or map is written on one line of a text, and short enough to stay there. */
export function standsOnOneLine(node: unknown, text: string): boolean {
  if (!isCollection(node) || node.flow !== true || node.range == null) return false;
  const written = text.slice(node.range[0], node.range[1]);
  return written.length <= WIDEST && !written.includes('\n');
}
