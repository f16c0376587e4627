import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { FUNCTIONS } from '#expression/functions.ts';
import { STATES_FUNCTIONS } from '#expression/states-functions.ts';
import { DIFFERENCES, EXPRESSIONS, type ExpressionRow, FAILING, INPUT } from '#support/expressions.ts';

const PAGE = join(import.meta.dirname, '../../docs/reference/expressions.md');

const NAMES = { ministack: 'MiniStack', localstack: 'LocalStack' } as const;

const INTRODUCTION = `# Expressions

What stands between \`{%\` and \`%}\` is JSONata 2, as Step Functions runs it. Every row of this page is evaluated in process, and on the
emulator by a state machine, and gives the same value in both.

No expression can hang or exhaust a process: the embedded runtime stops one after 1 s, 300 nested calls or 100,000 entries of a list;
32,768 characters is the longest. Regular expressions run in linear time, so that lookaround and backreferences are refused.
What gives nothing, such as a field that is missing, is an error where a value is needed: \`$exists($x) ? $x : 0\` puts something else
in its place. The operators \`??\` and \`?:\` came with JSONata 2.1, and AWS documents 2.0.6: \`validate\` warns of them
([SW1718](../errors/SW1718.md)).
`;

function code(text: string): string {
  const cell = text.replaceAll('|', '\\|');
  return cell.includes('`') ? `\`\` ${cell} \`\`` : `\`${cell}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

function rowsOf(rows: readonly ExpressionRow[], title: (of: string) => string): string[][] {
  return rows.map(({ of, text, gives }, index) => [
    rows[index - 1]?.of === of ? '' : title(of),
    code(text),
    code(JSON.stringify(gives)),
  ]);
}

function page(): string {
  const functions = EXPRESSIONS.filter(({ of }) => FUNCTIONS.has(of)).toSorted((a, b) =>
    a.of < b.of ? -1 : Number(a.of > b.of),
  );
  const forms = EXPRESSIONS.filter(({ of }) => !FUNCTIONS.has(of));
  const own: readonly string[] = STATES_FUNCTIONS;
  const given = (value: unknown): string => (value === undefined ? 'an error' : code(JSON.stringify(value)));
  return [
    INTRODUCTION,
    '## The language\n',
    `With this as \`$input\`:\n\n\`\`\`yaml\n${stringify(INPUT, { flowCollectionPadding: true })}\`\`\`\n`,
    table(
      ['', 'expression', 'gives'],
      rowsOf(forms, (of) => of),
    ),
    '## Functions\n',
    'Those with * are Step Functions’ own. `$eval` is not there.\n',
    table(
      ['', 'expression', 'gives'],
      rowsOf(functions, (of) => `\`$${of}\`${own.includes(of) ? ' *' : ''}`),
    ),
    '## What fails\n',
    'Everywhere, with `States.QueryEvaluationError`:\n',
    table(
      ['expression'],
      FAILING.map((text) => [code(text)]),
    ),
    '## Known differences\n',
    'Between this project, which follows the documents of JSONata and Step Functions, and MiniStack 1.5.33 or LocalStack 4.14; there,\n`$hash` is missing as a whole:\n',
    table(
      ['expression', 'gives', 'on', 'gives there'],
      DIFFERENCES.map(({ text, gives, on, emulated }) => [
        code(text),
        given(gives),
        NAMES[on],
        given(emulated),
      ]),
    ),
    'To Step Functions itself: `$random` with a seed gives other numbers, the same in every run; the times of `$now` and `$millis` are',
    'those of the machine that evaluates. Both were not compared on AWS.',
    '',
  ].join('\n');
}

test('the page shows every row of the table', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, page());
  expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : 'no page yet: UPDATE_GOLDEN=1').toBe(page());
});
