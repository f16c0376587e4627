import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import type { DecisionFile } from '../decision/decision.ts';
import type { DocumentPath } from '../document-path.ts';
import type { Source } from '../source.ts';
import { DmnWriting, titleOf } from './dmn-writing.ts';
import { allowedValues, typeOf } from './schema-out.ts';
import { tableParts } from './table-out.ts';
import { textPart, writeXml, type XmlPart } from './xml-out.ts';

/** A decision as DMN; no text where something cannot be said. */
export interface WrittenModel {
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes a valid decision file as a model of DMN 1.3. */
export function writeDmn(file: DecisionFile, source: Source): WrittenModel {
  const writing = new DmnWriting(file, source);
  tellOfRest(writing);
  const inputs = Object.entries(file.inputs);
  const root: XmlPart = {
    name: 'definitions',
    attributes: {
      xmlns: 'https://www.omg.org/spec/DMN/20191111/MODEL/',
      id: `${file.decision}-model`,
      name: file.decision,
      namespace: `urn:stepwright:decision:${file.decision}`,
    },
    content: [
      ...inputs.map(([name, schema]) => itemDefinition(name, schema)),
      ...inputs.map(([name, schema]) => inputData(writing, name, schema)),
      decisionPart(writing),
    ],
  };
  const { diagnostics } = writing;
  if (hasErrors(diagnostics)) return { text: undefined, diagnostics };
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(root)}\n`, diagnostics };
}

function tellOfRest(writing: DmnWriting): void {
  const { tests, data, decisions, tree, version, cache } = writing.file;
  if (tree !== undefined) writing.tell(['tree'], 'a tree has no form in DMN');
  if (data !== undefined) writing.tell(['data'], 'DMN has no reference data');
  if (decisions !== undefined)
    writing.tell(['decisions'], 'a decision is written without the others that it goes by');
  if (tests !== undefined) writing.tell(['tests'], 'test cases stay behind: DMN has none', 'warning');
  if (cache !== undefined)
    writing.tell(['cache'], 'how long answers count stays behind: DMN does not say', 'warning');
  if (version !== '1.0.0') writing.tell(['version'], 'the version stays behind: DMN has none', 'warning');
}

function itemDefinition(name: string, schema: JsonObject): XmlPart | undefined {
  const allowed = allowedValues(schema);
  if (allowed === undefined) return undefined;
  return {
    name: 'itemDefinition',
    attributes: { id: `type-${name}`, name: `t_${name}` },
    content: [{ name: 'typeRef', content: typeOf(schema) ?? 'Any' }, textPart('allowedValues', allowed)],
  };
}

function inputData(writing: DmnWriting, name: string, schema: JsonObject): XmlPart {
  const type = checkedType(writing, ['inputs', name], schema);
  const title = titleOf(name, schema);
  const typeRef = allowedValues(schema) === undefined ? type : `t_${name}`;
  return {
    name: 'inputData',
    attributes: { id: `input-${name}`, name: title },
    content: [{ name: 'variable', attributes: { id: `variable-${name}`, name: title, typeRef } }],
  };
}

const SAYABLE = [
  'type',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'title',
  'default',
];

/** The type of an input or output; what else its schema says is told. */
export function checkedType(writing: DmnWriting, path: DocumentPath, schema: JsonObject): string {
  for (const keyword of Object.keys(schema)) {
    const isDate = keyword === 'format' && schema['format'] === 'date';
    if (!SAYABLE.includes(keyword) && !isDate)
      writing.tell([...path, keyword], `DMN has no word for ${keyword}`);
  }
  if ((schema['default'] ?? null) !== null)
    writing.tell([...path, 'default'], 'DMN has no default of an input');
  const { type } = schema;
  if ([type].flat().includes('integer'))
    writing.tell([...path, 'type'], 'DMN has no whole numbers: this is a number there', 'warning');
  const found = typeOf(schema);
  if (found === undefined)
    writing.tell([...path, 'type'], `DMN has no type for ${JSON.stringify(type)} here`);
  return found ?? 'Any';
}

function decisionPart(writing: DmnWriting): XmlPart {
  const { decision, description, inputs, outputs, table } = writing.file;
  const [only, ...others] = Object.entries(outputs);
  const types = Object.entries(outputs).map(([name, schema]) =>
    checkedType(writing, ['outputs', name], schema),
  );
  const isOne =
    only !== undefined &&
    others.length === 0 &&
    (table?.hit === undefined || !GIVES_LIST.includes(table.hit));
  return {
    name: 'decision',
    attributes: { id: decision, name: decision },
    content: [
      description === undefined ? undefined : { name: 'description', content: description },
      {
        name: 'variable',
        attributes: { id: `variable-of-${decision}`, name: decision, typeRef: isOne ? types[0] : undefined },
      },
      ...Object.keys(inputs).map((name) => requirement(decision, name)),
      table === undefined ? expressionPart(writing) : tableParts(writing, table, types),
    ],
  };
}

const GIVES_LIST = ['collect', 'rule-order', 'output-order'];

function requirement(decision: string, name: string): XmlPart {
  return {
    name: 'informationRequirement',
    attributes: { id: `${decision}-needs-${name}` },
    content: [{ name: 'requiredInput', attributes: { href: `#input-${name}` } }],
  };
}

function expressionPart(writing: DmnWriting): XmlPart | undefined {
  const { expression, decision } = writing.file;
  if (expression === undefined) return undefined;
  const isWhole = typeof expression === 'string' && readExpression(expression) !== undefined;
  const entries = typeof expression === 'string' ? [] : Object.entries(expression);
  const [only, ...others] = entries;
  if (!isWhole && only !== undefined && others.length === 0)
    return textPart('literalExpression', writing.feel(only[1], ['expression', only[0]]), {
      id: `${decision}-expression`,
    });
  const value = typeof expression === 'string' ? expression : Object.fromEntries(entries);
  return textPart('literalExpression', writing.feel(value, ['expression']), { id: `${decision}-expression` });
}
