import { MAX_SOURCE_LENGTH } from '../parse-text.ts';

/** An element of an XML text, by its name without prefix. */
export interface XmlElement {
  readonly name: string;
  /** By name, as written but for entities. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text that stands in it directly. */
  readonly text: string;
  /** Where it begins in the text, in characters. */
  readonly offset: number;
  /** Where its own text begins, in characters. */
  readonly textOffset: number;
  /** From the root on, such as `definitions.decision[1].decisionTable`. */
  readonly path: string;
}

/** Why a text is not read as XML, and where, in characters. */
export interface XmlFault {
  readonly message: string;
  readonly offset: number;
}

/** Longest text that is read, in characters: as long as any file of a project. */
export const MAX_XML_LENGTH = MAX_SOURCE_LENGTH;
/** How deep elements may stand in each other. */
export const MAX_XML_DEPTH = 100;

interface Open {
  readonly name: string;
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly counts: Map<string, number>;
  readonly offset: number;
  readonly path: string;
  text: string;
  textOffset: number;
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}\p{M}._-]*(?::[\p{L}_][\p{L}\p{N}\p{M}._-]*)?`;
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'uy');
const TOKEN = new RegExp(
  String.raw`<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>|</(?<close>${NAME})\s*>|<(?<open>${NAME})|(?<text>[^<]+)`,
  'uy',
);
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class Refused extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads XML 1.0 without a document type: there are no entities but the five of XML and those by number, so that nothing is
 * expanded. Bounded by {@link MAX_XML_LENGTH} and {@link MAX_XML_DEPTH}.
 */
export function readXml(text: string): XmlElement | XmlFault {
  if (text.length > MAX_XML_LENGTH)
    return { message: `the file has more than ${MAX_XML_LENGTH} characters`, offset: 0 };
  try {
    return readTokens(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { message: error.message, offset: error.offset };
  }
}

function readTokens(text: string): XmlElement {
  const document = opened('', { offset: 0, path: '', attributes: new Map() });
  const open: Open[] = [document];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.groups;
    const end = TOKEN.lastIndex;
    if (found === undefined) throw refusedAt(text, at);
    const top = open.at(-1) ?? document;
    if (found['open'] !== undefined) at = openTag({ text, at, end }, found['open'], open);
    else {
      if (found['close'] !== undefined) close(open, found['close'], at);
      addText(top, found['cdata'] ?? decoded(found['text'] ?? '', at), at);
      at = end;
    }
  }
  const [root, second] = document.children;
  const unclosed = open[1];
  if (unclosed !== undefined) throw new Refused(`<${unclosed.tag}> is not closed`, unclosed.offset);
  if (root === undefined) throw new Refused('there is no element', 0);
  if (second !== undefined) throw new Refused('a second root element', second.offset);
  return root;
}

function openTag(
  { text, at, end }: { readonly text: string; readonly at: number; readonly end: number },
  tag: string,
  open: Open[],
): number {
  if (open.length > MAX_XML_DEPTH) throw new Refused(`more than ${MAX_XML_DEPTH} elements deep`, at);
  const attributes = new Map<string, string>();
  let next = end;
  for (;;) {
    ATTRIBUTE.lastIndex = next;
    const found = ATTRIBUTE.exec(text);
    if (found === null) break;
    const [, name = '', double, single = ''] = found;
    if (attributes.has(name)) throw new Refused(`the attribute ${name} stands twice`, next);
    attributes.set(name, decoded(double ?? single, next));
    next = ATTRIBUTE.lastIndex;
  }
  const closing = /\s*(\/?)>/y;
  closing.lastIndex = next;
  const ended = closing.exec(text);
  if (ended === null) throw new Refused(`this is no attribute of <${tag}>`, next);
  const name = localName(tag);
  const parent = open.at(-1);
  const count = parent?.counts.get(name) ?? 0;
  parent?.counts.set(name, count + 1);
  const step = count === 0 ? name : `${name}[${count}]`;
  const path = parent === undefined || parent.path === '' ? step : `${parent.path}.${step}`;
  open.push(opened(tag, { offset: at, path, attributes }));
  if (ended[1] === '/') close(open, tag, at);
  return closing.lastIndex;
}

function opened(tag: string, place: Pick<Open, 'offset' | 'path' | 'attributes'>): Open {
  return {
    name: localName(tag),
    tag,
    ...place,
    children: [],
    counts: new Map(),
    text: '',
    textOffset: place.offset,
  };
}

function close(open: Open[], tag: string, at: number): void {
  const closed = open.length > 1 ? open.pop() : undefined;
  if (closed?.tag !== tag) {
    const expected = closed === undefined ? 'nothing is open' : `<${closed.tag}> is open`;
    throw new Refused(`</${tag}> closes what is not open: ${expected}`, at);
  }
  const { name, attributes, children, text, offset, textOffset, path } = closed;
  open.at(-1)?.children.push({ name, attributes, children, text, offset, textOffset, path });
}

function addText(to: Open, text: string, at: number): void {
  if (text === '') return;
  if (to.tag === '') {
    if (text.trim() !== '') throw new Refused('text stands outside of the root element', at);
    return;
  }
  if (to.text.trim() === '' && text.trim() !== '')
    to.textOffset = at + (text.length - text.trimStart().length);
  to.text += text;
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}

function decoded(text: string, at: number): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));|&/g, (all, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const found = name === undefined ? characterOf(code) : ENTITIES[String(name)];
    if (found === undefined) throw new Refused(`there is no entity ${all}`, at);
    return found;
  });
}

function characterOf(code: number): string | undefined {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function refusedAt(text: string, at: number): Refused {
  const isDoctype = text.startsWith('<!DOCTYPE', at);
  return new Refused(isDoctype ? 'a document type is not read' : 'this is no XML', at);
}
