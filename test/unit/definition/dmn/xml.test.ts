import { expect, test } from 'vitest';
import { MAX_XML_DEPTH, MAX_XML_LENGTH, readXml } from '#definition/dmn/xml.ts';

test('elements have their names without prefixes, their attributes, their text and their place', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<d:a x="1 &lt; 2"><!-- no --><b/><b> t&#233;xt <![CDATA[<&]]></b></d:a>',
  );
  expect(root).toMatchObject({ name: 'a', offset: 22, path: 'a' });
  if (!('children' in root)) throw new Error(root.message);
  expect(root.attributes.get('x')).toBe('1 < 2');
  expect(root.children.map(({ text, path }) => [text, path])).toEqual([
    ['', 'a.b'],
    [' téxt <&', 'a.b[1]'],
  ]);
});

test.each([
  ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'a document type is not read', 0],
  ['<a>&x;</a>', 'there is no entity &x;', 3],
  ['<a>&#0;</a>', 'there is no entity &#0;', 3],
  ['<a><b></a></b>', '</a> closes what is not open: <b> is open', 6],
  ['<a>', '<a> is not closed', 0],
  ['<a/><b/>', 'a second root element', 4],
  ['<a x="1" x="2"/>', 'the attribute x stands twice', 8],
  ['<a x=1/>', 'this is no attribute of <a>', 2],
  ['text', 'text stands outside of the root element', 0],
  ['', 'there is no element', 0],
  ['<a>'.repeat(MAX_XML_DEPTH + 1), `more than ${MAX_XML_DEPTH} elements deep`, 3 * MAX_XML_DEPTH],
  [' '.repeat(MAX_XML_LENGTH + 1), `the file has more than ${MAX_XML_LENGTH} characters`, 0],
])('%.60s is refused at its place', (text, message, offset) => {
  expect(readXml(text)).toEqual({ message, offset });
});
