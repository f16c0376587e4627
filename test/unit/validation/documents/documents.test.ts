import { expect, test } from 'vitest';
import type { ListedKind } from '#definition/document-kind.ts';
import { Source } from '#definition/source.ts';
import { checkDocuments } from '#validation/documents/documents.ts';

const told = (kind: ListedKind, ...texts: readonly string[]) =>
  checkDocuments(texts.map((text, at) => ({ kind, source: Source.parse(`${at}.yaml`, text) })));

const decision = (version: string) =>
  `{ stepwright: 1, decision: a, version: ${version}, inputs: {}, outputs: {}, expression: {} }`;

const RULES = 'rules: [{ id: late, severity: info, when: { absence: { of: step.ended, for: 1d } } }]';

test('of alerts and decisions that are right there is nothing to be told', () => {
  const alert = `stepwright: 1\nalerts: a\n${RULES}\nreceivers: { ana: { email: ana@example.com } }\nroutes: [{ to: [ana] }]\n`;
  expect(told('alert', alert)).toEqual([]);
  expect(told('decision', decision('1.0.0'))).toEqual([]);
});

test('a file without its shape is told what is wrong with it, and nothing else', () => {
  expect(told('report', '{ stepwright: 1, report: a, source: steps, measures: {} }')).toMatchObject([
    { code: 'SW1103', path: 'measures' },
  ]);
});

test('a file that does not parse is told so', () => {
  expect(told('alert', '[')).toMatchObject([{ code: 'SW1001' }]);
});

test('a decision may be there in two versions', () => {
  const codes = told('decision', decision('1.0.0'), decision('1.1.0')).map(({ code }) => code);
  expect(codes).toEqual([]);
});

test('a decision is not there twice in a version', () => {
  const [last] = told('decision', decision('1.0.0'), decision('1.0.0')).slice(-1);
  expect(last).toMatchObject({ code: 'SW1818', file: '1.yaml', path: 'decision', column: 28 });
});

test.each<ListedKind>(['fleet', 'template'])('a %s is for others to check', (kind) => {
  expect(told(kind, 'a: 1')).toEqual([]);
});

test.each([
  ['that takes every alert, then another', '[{ to: [ana] }, { to: [ana] }]', ['SW1503 routes[1]']],
  ['that takes every alert and goes on', '[{ to: [ana], continue: true }, { to: [ana] }]', []],
  ['for some hours', '[{ to: [ana], during: { from: "07:00", to: "16:00" } }, { to: [ana] }]', []],
  ['for some alerts', '[{ match: { severity: [info] }, to: [ana] }, { to: [ana] }]', []],
])('of a route %s is told what is wrong', (_, routes, faults) => {
  const text = `stepwright: 1\nalerts: a\n${RULES}\nreceivers: { ana: { email: ana@example.com } }\nroutes: ${routes}\n`;
  const found = told('alert', text);
  expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(faults);
});
