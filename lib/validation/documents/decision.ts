import type { Diagnostic } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { Source } from '#definition/source.ts';
import { checkVersion } from '../check-version.ts';
import { Report } from '../report.ts';
import { reportSchemaFaults } from '../schema-faults.ts';
import { checkTable } from './decision-table.ts';
import { checkTree } from './decision-tree.ts';
import { checkOutputs, checkValues, type Decision } from './decision-values.ts';
import { checkExpressions } from './expressions.ts';

/** Names of expressions that no decision it goes by can take. */
const TAKEN = ['input', 'data', 'value'];

/** What is wrong with a decision that has its shape. */
export function checkDecision(file: DecisionFile, source: Source): readonly Diagnostic[] {
  const report = new Report(source);
  const { inputs, outputs, data = {}, decisions = {} } = file;
  const others = Object.keys(decisions).map((name) => [name, undefined] as const);
  const names = { ...Object.fromEntries(others), input: Object.keys(inputs), data: Object.keys(data) };
  const decision: Decision = { file, names, report };
  checkVersion(file.version, report);
  for (const [name, schema] of Object.entries(inputs)) reportSchemaFaults(schema, ['inputs', name], report);
  for (const [name, schema] of Object.entries(outputs)) reportSchemaFaults(schema, ['outputs', name], report);
  checkUsed(decision);
  if (file.table !== undefined) checkTable(file.table, decision);
  if (file.tree !== undefined) checkTree(file.tree, ['tree'], decision);
  checkFormula(decision);
  for (const [at, test] of (file.tests ?? []).entries()) {
    checkValues(test.given, ['tests', at, 'given'], { kind: 'input', types: inputs, report });
    checkExpected(test.expect, ['tests', at, 'expect'], decision);
  }
  return report.diagnostics;
}

function checkUsed({ file: { decisions = {} }, names, report }: Decision): void {
  for (const [name, { input }] of Object.entries(decisions)) {
    if (TAKEN.includes(name)) {
      report.atKey(['decisions', name], {
        code: 'SW1202',
        message: `"${name}" has a meaning of its own in expressions`,
        hint: 'use another name',
      });
    }
    checkExpressions(input, ['decisions', name, 'input'], { names, report });
  }
}

function checkFormula(decision: Decision): void {
  const { expression } = decision.file;
  if (typeof expression === 'string') checkExpressions(expression, ['expression'], decision);
  else if (expression !== undefined) checkOutputs(expression, ['expression'], decision);
}

/** One decision, or a list of them; what a table makes of all that it collects is of no type that is written down. */
function checkExpected(expected: Json, path: DocumentPath, decision: Decision): void {
  const { file, report } = decision;
  if (file.table?.aggregate !== undefined) return;
  const outputs = { kind: 'output', types: file.outputs, report };
  if (!Array.isArray(expected)) checkValues(expected, path, outputs);
  else for (const [at, one] of expected.entries()) checkValues(one, [...path, at], outputs);
}
