import { type Document, isMap, isNode, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { lineOf, pairsOf, resolved } from './json-line.ts';
import { standsOnOneLine } from './one-line.ts';

/** What is converted: a document, and the text that it was read from. */
export interface Written {
  readonly document: Document;
  readonly text: string;
}

/** One value of a map or list, with what stands around it. */
interface Entry {
  /** Lines before it. */
  readonly before: readonly string[];
  /** The key with its colon; empty in a list. */
  readonly lead: string;
  /** Lines that come first within its brackets; before it where it has none. */
  readonly head: readonly string[];
  readonly value: unknown;
  /** What stands behind it. */
  readonly comma: ',' | '';
}

/** A document as JSON, with its comments behind `//`; plain JSON where it has none. Aliases are written out. */
export function jsonText(written: Written): string {
  const { commentBefore, comment, contents } = written.document;
  const opening = commentLines(commentBefore);
  const before = [...opening, ...(opening.length === 0 ? [] : ['']), ...linesBefore(contents)];
  const root: Entry = { before, lead: '', head: [], value: contents, comma: '' };
  return `${[...entryLines(root, written), ...commentLines(comment)].join('\n')}\n`;
}

/** The lines of an entry, with what it holds set in. */
function entryLines(entry: Entry, written: Written): string[] {
  const { before, lead, head, value, comma } = entry;
  const node = resolved(value, written.document);
  const comments = isNode(value) ? commentLines(value.comment) : [];
  if ((!isMap(node) && !isSeq(node)) || staysOnLine(node, written)) {
    const line = `${lead}${lineOf(node, written.document)}${comma}`;
    return [...before, ...head, ...withBeside(line, comments)];
  }
  const [open, close] = isMap(node) ? ['{', '}'] : ['[', ']'];
  const [within, behind] = node.flow === true ? [[], comments] : [comments, []];
  const inner = entriesOf(node, written).flatMap((one) => entryLines(one, written));
  return [
    ...before,
    `${lead}${open}`,
    ...[...head, ...inner, ...within].map((line) => (line === '' ? '' : `  ${line}`)),
    ...withBeside(`${close}${comma}`, behind),
  ];
}

function staysOnLine(node: YAMLMap | YAMLSeq, { document, text }: Written): boolean {
  return node.items.length === 0 || (node !== document.contents && standsOnOneLine(node, text));
}

function entriesOf(node: YAMLMap | YAMLSeq, { document }: Written): Entry[] {
  const entries = isMap(node)
    ? [...pairsOf(node, document)].map(([key, pair]) => ({
        before: [...linesBefore(pair.key), ...commentLines(isNode(pair.key) ? pair.key.comment : undefined)],
        lead: `${JSON.stringify(key)}: `,
        head: commentLines(isNode(pair.value) ? pair.value.commentBefore : undefined),
        value: pair.value,
      }))
    : node.items.map((value) => ({ before: linesBefore(value), lead: '', head: [], value }));
  return entries.map((entry, at) => ({ ...entry, comma: at < entries.length - 1 ? ',' : '' }));
}

/** What stands before a key or an item: the blank line and the comments. */
function linesBefore(node: unknown): string[] {
  if (!isNode(node)) return [];
  return [...(node.spaceBefore === true ? [''] : []), ...commentLines(node.commentBefore)];
}

/** A line with comments behind it: the first beside it, the others below. */
function withBeside(line: string, [first, ...others]: readonly string[]): string[] {
  return first === undefined ? [line] : [`${line} ${first}`, ...others];
}

function commentLines(comment: string | null | undefined): string[] {
  if (comment === undefined || comment === null) return [];
  return comment
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `//${line}`));
}
