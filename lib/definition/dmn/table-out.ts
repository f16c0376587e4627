import type { Json, JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { parseCell } from '../decision/cell.ts';
import type { DecisionTable } from '../decision/table.ts';
import type { DocumentPath } from '../document-path.ts';
import { type DmnWriting, titleOf } from './dmn-writing.ts';
import { allowedValues, typeOf } from './schema-out.ts';
import { textPart, type XmlPart } from './xml-out.ts';

/** A table as DMN has it, with the types of its outputs. What cannot be said is told. */
export function tableParts(writing: DmnWriting, table: DecisionTable, types: readonly string[]): XmlPart {
  const { decision, inputs, outputs } = writing.file;
  const columns = Object.entries(inputs).filter(([name]) => table.rules.some(({ when }) => name in when));
  const hasNotes = table.rules.some(({ note }) => note !== undefined);
  return {
    name: 'decisionTable',
    attributes: {
      id: `${decision}-table`,
      hitPolicy: (table.hit ?? 'unique').toUpperCase().replace('-', ' '),
      aggregation: table.aggregate?.toUpperCase(),
    },
    content: [
      ...columns.map(([name, schema]) => inputPart(name, schema)),
      ...Object.entries(outputs).map(([name, schema], index) =>
        outputPart(writing, name, { schema, typeRef: types[index] }),
      ),
      hasNotes ? { name: 'annotation', attributes: { name: 'note' } } : undefined,
      ...table.rules.map((rule, index): XmlPart => {
        const path = ['table', 'rules', index];
        return {
          name: 'rule',
          attributes: { id: `${decision}-rule-${index + 1}` },
          content: [
            ...columns.map(([name]) =>
              textPart('inputEntry', cellText(writing, rule.when[name] ?? '-', [...path, 'when', name])),
            ),
            ...Object.keys(outputs).map((name) =>
              textPart('outputEntry', writing.feel(rule.give[name] ?? null, [...path, 'give', name])),
            ),
            hasNotes ? textPart('annotationEntry', rule.note ?? '') : undefined,
          ],
        };
      }),
    ],
  };
}

function inputPart(name: string, schema: JsonObject): XmlPart {
  const allowed = allowedValues(schema);
  return {
    name: 'input',
    attributes: { id: `column-${name}` },
    content: [
      textPart('inputExpression', titleOf(name, schema), { typeRef: typeOf(schema) }),
      allowed === undefined ? undefined : textPart('inputValues', allowed),
    ],
  };
}

interface OutputColumn {
  readonly schema: JsonObject;
  readonly typeRef: string | undefined;
}

function outputPart(writing: DmnWriting, name: string, { schema, typeRef }: OutputColumn): XmlPart {
  const allowed = allowedValues(schema);
  const otherwise = writing.file.table?.otherwise;
  return {
    name: 'output',
    attributes: { id: `output-${name}`, name: titleOf(name, schema), typeRef },
    content: [
      allowed === undefined ? undefined : textPart('outputValues', allowed),
      otherwise === undefined
        ? undefined
        : textPart('defaultOutputEntry', writing.feel(otherwise[name] ?? null, ['table', 'otherwise', name])),
    ],
  };
}

function cellText(writing: DmnWriting, cell: Json, path: DocumentPath): string {
  if (Array.isArray(cell)) return cell.map((value: Json) => JSON.stringify(value)).join(', ');
  if (typeof cell !== 'string') return JSON.stringify(cell);
  if (readExpression(cell) !== undefined)
    return writing.feel(cell, path, new Map([...writing.names, ['$value', '?']]));
  const parsed = parseCell(cell);
  if ('message' in parsed || !parsed.tests.some((test) => test.kind === 'compare' && test.operator === '!='))
    return cell.trim();
  if (parsed.tests.length === 1 && !parsed.isNegated) return `not(${cell.trim().slice(2).trim()})`;
  writing.tell(path, `in DMN 1.3, != stands in no list of tests: ${cell}`);
  return '-';
}
