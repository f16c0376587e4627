import { hasErrors } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import { type CellTest, parseCell } from '#definition/decision/cell.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { readExpression } from '#expression/delimiters.ts';
import { checkCoverage } from './decision-gaps.ts';
import { checkOutputs, checkValue, type Decision } from './decision-values.ts';
import { checkExpressions } from './expressions.ts';
import { checkKnownKeys } from './known-names.ts';

/** Checks a decision table: what its policy goes by, and each of its rules. */
export function checkTable(table: DecisionTable, decision: Decision): void {
  const { file, report } = decision;
  checkPolicy(table, decision);
  for (const [at, { when, give }] of table.rules.entries()) {
    if (report.isFull) return;
    const path = ['table', 'rules', at];
    checkKnownKeys(when, [...path, 'when'], { kind: 'input', names: Object.keys(file.inputs), report });
    for (const [input, cell] of Object.entries(when)) checkCell(cell, [...path, 'when', input], decision);
    checkOutputs(give, [...path, 'give'], decision);
  }
  if (table.otherwise !== undefined) checkOutputs(table.otherwise, ['table', 'otherwise'], decision);
  // Cells that do not parse, and inputs that are not there, leave no table to look at.
  if (!hasErrors(report.diagnostics)) checkCoverage(table, decision);
}

/** Policies that go by the order of the values of an output. */
const ORDERED = ['priority', 'output-order'];

function checkPolicy({ hit = 'unique', aggregate }: DecisionTable, { file, report }: Decision): void {
  const schemas = Object.values(file.outputs);
  if (ORDERED.includes(hit) && !schemas.some((schema) => Array.isArray(schema['enum']))) {
    report.at(['table', 'hit'], {
      code: 'SW1817',
      message: `${hit} goes by the order of an output's values, and no output lists them`,
      hint: 'give an output an `enum`, the most important value first',
    });
  }
  const isOfNumber = schemas.length === 1 && ['number', 'integer'].includes(String(schemas[0]?.['type']));
  if (aggregate !== undefined && aggregate !== 'count' && !isOfNumber) {
    report.at(['table', 'aggregate'], {
      code: 'SW1817',
      message: `${aggregate} takes one output, which is a number`,
      hint: 'declare one output of type number, or collect a list',
    });
  }
}

function checkCell(cell: Json, path: DocumentPath, decision: Decision): void {
  const { file, names, report } = decision;
  const types = { kind: 'input', types: file.inputs, report, name: String(path.at(-1)) };
  if (Array.isArray(cell)) {
    for (const [at, value] of cell.entries()) checkValue(value, [...path, at], types);
  } else if (typeof cell !== 'string') checkValue(cell, path, types);
  else if (readExpression(cell) !== undefined) {
    checkExpressions(cell, path, { names: { ...names, value: undefined }, report });
  } else {
    const parsed = parseCell(cell);
    if ('message' in parsed) report.inside(path, parsed.offset, { ...faultOf(parsed), code: 'SW1812' });
    else for (const value of parsed.tests.flatMap(equalValue)) checkValue(value, path, types);
  }
}

function faultOf({ message, hint }: { readonly message: string; readonly hint?: string }) {
  return hint === undefined ? { message } : { message, hint };
}

/** The value that a test asks for; bounds need not be values that an input can have. */
function equalValue(test: CellTest): Json[] {
  if (test.kind === 'interval' || test.operator !== '=') return [];
  return typeof test.value === 'object' && test.value !== null ? [] : [test.value];
}
