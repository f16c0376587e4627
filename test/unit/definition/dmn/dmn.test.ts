import { expect, test } from 'vitest';
import { decide } from '#decisions/decision.ts';
import { Library } from '#decisions/library.ts';
import { readDecisions } from '#decisions/sourced-decision.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { decisionText } from '#definition/dmn/decision-text.ts';
import { readDmn } from '#definition/dmn/read-dmn.ts';
import { writeDmn } from '#definition/dmn/write-dmn.ts';
import { Source } from '#definition/source.ts';

function model(content: string): string {
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">${content}</definitions>`;
}

const PERSON = `<itemDefinition name="tPerson"><itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>
<inputData id="p" name="Person"><variable name="Person" typeRef="tPerson"/></inputData>
<inputData id="k" name="Kind Of"><variable name="Kind Of" typeRef="string"/></inputData>`;
const NEEDS = `<informationRequirement><requiredInput href="#p"/></informationRequirement>
<informationRequirement><requiredInput href="#k"/></informationRequirement>`;

function column(expression: string): string {
  return `<input><inputExpression><text>${expression}</text></inputExpression></input>`;
}

function rule(cells: readonly string[], given: string): string {
  const entries = cells.map((cell) => `<inputEntry><text>${cell}</text></inputEntry>`).join('');
  return `<rule>${entries}<outputEntry><text>${given}</text></outputEntry></rule>`;
}

const MODEL = model(`${PERSON}
<decision id="r" name="Risk"><variable name="Risk" typeRef="number"/>${NEEDS}
<decisionTable hitPolicy="FIRST">${column('Person.age')}${column('Kind Of')}<output/>
${rule(['&lt; 18', '-'], '10')}${rule(['[18..30)', '"new","old"'], 'Person.age * 2')}${rule(['-', 'not("x")'], '1')}
</decisionTable></decision>
<decision id="t" name="Total"><variable name="Total" typeRef="number"/>
<informationRequirement><requiredDecision href="#r"/></informationRequirement>
<literalExpression><text>Risk + 1</text></literalExpression></decision>`);

async function ask(text: string, title: string, given: Readonly<Record<string, unknown>>) {
  const { decisions, diagnostics } = readDmn(text, 'm.dmn');
  expect(diagnostics).toEqual([]);
  const sources = decisions.map(({ file }) => Source.parse('d.yaml', decisionText(file)));
  const library = new Library(readDecisions(sources, () => '').decisions);
  const name = String(decisions.find((each) => each.title === title)?.file['decision']);
  const found = library.find(name);
  if (found === undefined) throw new Error(`no ${title}`);
  return (await decide(library.compile(found), JSON.parse(JSON.stringify(given)))).output;
}

test.each([
  [{ Person: { age: 3 } }, 10, 11],
  [{ Person: { age: 20 }, kindOf: 'old' }, 40, 41],
  [{ Person: { age: 40 }, kindOf: 'old' }, 1, 2],
  [{ Person: null, kindOf: 'old' }, 1, 2],
])(
  'a table over parts of inputs decides as DMN does, and so does what goes by it: %j',
  async (given, risk, total) => {
    expect(await ask(MODEL, 'Risk', given)).toEqual({ Risk: risk });
    expect(await ask(MODEL, 'Total', given)).toEqual({ Total: total });
  },
);

test('what no rule decides is null to a decision that goes by it', async () => {
  expect(await ask(MODEL, 'Total', { Person: { age: 40 }, kindOf: 'x' })).toEqual({ Total: null });
});

test.each([
  [
    '<decision id="a" name="A"><context/></decision>',
    '<context> has no word in decision files',
    'definitions.decision.context',
  ],
  ['<decision id="a" name="A"/>', 'this decision says not how it decides', 'definitions.decision'],
  [
    '<decisionService/><decision id="a" name="A"><literalExpression><text>1</text></literalExpression></decision>',
    '<decisionService> has no word in decision files',
    'definitions.decisionService',
  ],
  [
    '<decision id="a" name="A"><literalExpression><text>now()</text></literalExpression></decision>',
    'the function now has no translation to JSONata',
    'definitions.decision.literalExpression.text',
  ],
  [
    '<decision id="a" name="A"><informationRequirement><requiredInput href="#z"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>',
    '#z is not in this file',
    'definitions.decision.informationRequirement.requiredInput',
  ],
  [
    '<inputData id="i" name="I"><variable name="I" typeRef="tNone"/></inputData><decision id="a" name="A"><informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>',
    'there is no type "tNone"',
    'definitions.inputData.variable',
  ],
])('what has no word here is told of, and nothing is imported (SW1831): %.70s', (content, message, path) => {
  const { decisions, diagnostics } = readDmn(model(content), 'm.dmn');
  expect(decisions).toEqual([]);
  expect(diagnostics[0]).toMatchObject({ code: 'SW1831', severity: 'error', message, path });
});

test('an expression that does not convert is shown where it stands', () => {
  const text = model(
    '\n<decision id="a" name="A"><literalExpression>\n  <text>1 + now()</text>\n</literalExpression></decision>',
  );
  expect(readDmn(text, 'm.dmn').diagnostics).toMatchObject([{ line: 3, column: 13 }]);
});

test.each(['<a', '<html/>', '<!DOCTYPE x><definitions/>'])('%s is no DMN (SW1832)', (text) => {
  expect(readDmn(text, 'm.dmn').diagnostics).toMatchObject([{ code: 'SW1832' }]);
});

const DECISION = `
stepwright: 1
decision: wave-policy
version: 1.0.0
inputs: { devices: { type: number, minimum: 0 }, kind: { title: Kind Of, type: string, enum: [pump, valve] } }
outputs: { percent: { type: number, minimum: 1, maximum: 100 }, why: { type: string } }
table:
  hit: first
  rules:
    - { when: { devices: "<= 5" }, give: { percent: 100, why: few }, note: Done at once. }
    - { when: { devices: "(5..100]", kind: [pump] }, give: { percent: "{% $input.devices / 2 %}", why: "a < b & c" } }
    - { when: { devices: "{% $value > 1000 %}", kind: '!= "pump"' }, give: { percent: 1, why: "{% 'no ' & $input.kind %}" } }
  otherwise: { percent: 25, why: other }
`;

function written(text: string) {
  const source = Source.parse('d.yaml', text);
  const file = readDecisionFile(source);
  if (file === undefined) throw new Error('no decision');
  return writeDmn(file, source);
}

test.each([
  { devices: 3, kind: 'valve' },
  { devices: 60, kind: 'pump' },
  { devices: 2000, kind: 'valve' },
  { devices: 200, kind: 'valve' },
])('a decision that became DMN and came back decides the same: %j', async ({ devices, kind }) => {
  const { decisions } = readDecisions([Source.parse('d.yaml', DECISION)], () => '');
  const [own] = decisions;
  if (own === undefined) throw new Error('no decision');
  const { output } = await decide(new Library(decisions).compile(own), { devices, kind });
  const { text = '', diagnostics } = written(DECISION);
  expect(diagnostics).toEqual([]);
  expect(await ask(text, 'wave-policy', { devices, kindOf: kind })).toEqual(output);
});

const HEAD =
  'stepwright: 1\ndecision: d\nversion: 1.0.0\ninputs: { a: { type: number } }\noutputs: { o: { type: number } }\n';

test.each([
  ['tree: [{ else: true, give: { o: 1 } }]', 'a tree has no form in DMN', 'tree'],
  ['data: { x: { values: 1 } }\nexpression: { o: 1 }', 'DMN has no reference data', 'data'],
  [
    'decisions: { x: { decision: y } }\nexpression: { o: 1 }',
    'a decision is written without the others that it goes by',
    'decisions',
  ],
  ["expression: { o: '{% $sum($input.a) %}' }", 'FEEL has no word for $sum in an expression', 'expression.o'],
])('what DMN has no word for is told of, and nothing is written (SW1833): %s', (form, message, path) => {
  const { text, diagnostics } = written(`${HEAD}${form}\n`);
  expect(text).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: 'SW1833', severity: 'error', message, path }]);
});

test('test cases that stay behind are a warning', () => {
  const { text, diagnostics } = written(
    `${HEAD}expression: { o: 1 }\ntests: [{ given: { a: 1 }, expect: { o: 1 } }]\n`,
  );
  expect(text).toContain('<text>1</text>');
  expect(diagnostics).toMatchObject([{ code: 'SW1833', severity: 'warning', path: 'tests' }]);
});
