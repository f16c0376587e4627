import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Json, JsonObject } from '#core/json.ts';
import { childOf, childrenOf } from '#definition/dmn/model.ts';
import { readXml, type XmlElement } from '#definition/dmn/xml.ts';

/** What a case of the kit expects of one decision. */
export interface KitCase {
  /** Model, file of tests, case and decision. */
  readonly name: string;
  /** The DMN file. */
  readonly model: string;
  /** By the names of the model. */
  readonly given: JsonObject;
  readonly decision: string;
  readonly expected: Json;
}

/** The cases of a folder of the kit, in the order of their names. */
export function loadKitCases(folder: string): readonly KitCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.xml'))
    .sort()
    .flatMap((file) => casesOf(join(folder, file)));
}

function casesOf(file: string): readonly KitCase[] {
  const root = readXml(readFileSync(file, 'utf8'));
  if (!('children' in root) || root.name !== 'testCases') return [];
  const model = join(dirname(file), childOf(root, 'modelName')?.text.trim() ?? '');
  return childrenOf(root, 'testCase').flatMap((each) => {
    const given = Object.fromEntries(
      childrenOf(each, 'inputNode').map((node) => [nameOf(node), jsonOf(node)]),
    );
    return childrenOf(each, 'resultNode').map((result) => ({
      name: `${basename(file, '.xml')} ${each.attributes.get('id')} ${nameOf(result)}`,
      model,
      given,
      decision: nameOf(result),
      expected: jsonOf(childOf(result, 'expected')),
    }));
  });
}

function nameOf({ attributes }: XmlElement): string {
  return attributes.get('name') ?? '';
}

function jsonOf(node: XmlElement | undefined): Json {
  if (node === undefined) return null;
  const list = childOf(node, 'list');
  if (list !== undefined) return childrenOf(list, 'item').map(jsonOf);
  const components = childrenOf(node, 'component');
  if (components.length > 0)
    return Object.fromEntries(components.map((each) => [nameOf(each), jsonOf(each)]));
  const value = childOf(node, 'value');
  return value === undefined || value.attributes.get('xsi:nil') === 'true' ? null : scalarOf(value);
}

function scalarOf({ attributes, text }: XmlElement): Json {
  const type = (attributes.get('xsi:type') ?? '').replace(/^.*:/, '');
  if (['decimal', 'double', 'float', 'integer', 'int', 'long'].includes(type)) return Number(text);
  return type === 'boolean' ? text.trim() === 'true' : text;
}
