/** An element to be written: its name, its attributes, and what stands in it; undefined attributes and elements are left out. */
export interface XmlPart {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly content?: string | readonly (XmlPart | undefined)[];
}

/** Writes an element, two spaces deeper than its parent. */
export function writeXml({ name, attributes = {}, content = [] }: XmlPart, indent = ''): string {
  const own = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(value)}"`,
  );
  const open = `${indent}<${name}${own.join('')}`;
  if (typeof content === 'string') return `${open}>${escaped(content)}</${name}>`;
  const parts = content.filter((part) => part !== undefined);
  if (parts.length === 0) return `${open}/>`;
  return [`${open}>`, ...parts.map((part) => writeXml(part, `${indent}  `)), `${indent}</${name}>`].join(
    '\n',
  );
}

/** `<name><text>…</text></name>`, as DMN writes expressions and tests. */
export function textPart(name: string, text: string, attributes: XmlPart['attributes'] = {}): XmlPart {
  return { name, attributes, content: [{ name: 'text', content: text }] };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\n]/g, (character) => ESCAPES[character] ?? character);
}
