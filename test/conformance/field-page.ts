import { checkField, LANGUAGES, type Language } from './check-field.ts';
import type { Difference } from './compare.ts';
import type { FieldGroup, FieldRow } from './fields/field-row.ts';
import { FIELDS } from './fields.ts';

/** A row, and what came of its proof in each language that has it. */
export interface CheckedRow {
  readonly group: FieldGroup;
  readonly row: FieldRow;
  readonly found: Readonly<Partial<Record<Language, readonly Difference[]>>>;
}

/** Runs every proof of the table. */
export async function checkFields(): Promise<CheckedRow[]> {
  const checked: CheckedRow[] = [];
  for (const group of FIELDS)
    for (const row of group.rows) {
      const found: Partial<Record<Language, readonly Difference[]>> = {};
      for (const language of LANGUAGES) {
        const differences = await checkField(row, language);
        if (differences !== undefined) found[language] = differences;
      }
      checked.push({ group, row, found });
    }
  return checked;
}

const INTRODUCTION = `# Conformance

What the embedded engine does of Amazon States Language, field by field, in both query languages. Each row has a small machine that shows
it, with what Step Functions makes of it; this page is written from what the engine really does with them, by \`npm run docs:conformance\`,
and a test holds it. The machines are in \`test/conformance/fields\`.

✔ works as in Step Functions · ✘ does not yet · blank: that query language has no such thing. The page of AWS that gives the rule is linked.

\`npm run conformance -- DIR\` reproduces runs that were recorded from Step Functions, and tells what differs: the same status, output,
error, cause and sequence of events are asked for. [asl](../guide/asl.md) tells how to run a state machine of your own.
`;

/** The text of docs/reference/conformance.md. */
export function fieldPage(checked: readonly CheckedRow[]): string {
  const groups = [...Map.groupBy(checked, ({ group }) => group)];
  return [INTRODUCTION, ...groups.map(([{ title }, rows]) => groupText(title, rows))].join('\n');
}

function groupText(title: string, rows: readonly CheckedRow[]): string {
  const lines = rows.map(({ row, found }) => {
    const marks = LANGUAGES.map((language) => markOf(found[language]));
    return `| ${[row.field, ...marks, `[AWS](${row.source})`].join(' | ')} |`;
  });
  return [`## ${title}`, '', '| | JSONata | JSONPath | |', '| --- | --- | --- | --- |', ...lines, ''].join(
    '\n',
  );
}

function markOf(differences: readonly Difference[] | undefined): string {
  if (differences === undefined) return '';
  return differences.length === 0 ? '✔' : '✘';
}
