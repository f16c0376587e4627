import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textReader } from '#compiler/machine-rules/expression-names.ts';
import { blocksOf, readMachine } from '#compiler/machine-rules/machine.ts';
import { simpleNames } from '#compiler/machine-rules/simple-expression.ts';
import { sitesOf } from '#compiler/machine-rules/sites.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { parseExpression } from '#expression/parse.ts';

const GOLDENS = join(import.meta.dirname, '../../../golden/asl');

const SIMPLE = [
  '$x',
  '$x.a.b[0].c',
  '$x[0].a',
  "$states.input.path & '.read'",
  "'a $x' & $y & 1",
  '$a + 1',
  "{ 'a': $a, 'b c': $b.c & 'd' }",
  '$exists($a) ? $a : $exists($b.c) ? $b.c : null',
  '($a.b > 3) ? true : false',
  '( $input := $states.context.Execution.Input; $input.site )',
  "( $a := $b; $c := $a & $d; { 'x': $c, 'y': $e } )",
];

/** Names as both readers give them. */
function namesOf({ variables }: ReturnType<typeof parseExpression>): unknown {
  return variables.map(({ name, fields, called }) => ({ name, fields, called }));
}

test.each(SIMPLE)('%s is simple, and has the names that its syntax tree has', (text) => {
  expect(simpleNames(text)?.variables).toEqual(namesOf(parseExpression(text)));
});

test.each([
  'x',
  '$x[y = 1]',
  '$$',
  '$f(1)',
  '$x and $y',
  '1 +',
  "'a",
  '"a"',
  '$map($x, function($v) { $v })',
  '',
])('%j is not simple', (text) => {
  expect(simpleNames(text)).toBeUndefined();
});

test('what is simple of all that the compiler writes has the names that its syntax tree has', () => {
  const documents = readdirSync(GOLDENS).filter((file) => file.endsWith('.asl.json'));
  const machines = documents.map((file) =>
    JsonObjectSchema.parse(JSON.parse(readFileSync(join(GOLDENS, file), 'utf8'))),
  );
  const states = machines
    .flatMap((machine) => blocksOf(readMachine(machine)))
    .flatMap((block) => [...block.states.values()]);
  const texts = states
    .flatMap((state) => sitesOf(state, textReader()))
    .flatMap(({ reading }) => (reading.kind === 'expression' ? [reading.text] : []));
  const simple = texts.filter((text) => simpleNames(text) !== undefined);
  for (const text of simple) expect(simpleNames(text)?.variables).toEqual(namesOf(parseExpression(text)));
  expect(simple.length).toBeGreaterThan(texts.length * 0.8);
});
