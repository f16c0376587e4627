import { expect, test } from 'vitest';
import { changeLines, type WorkflowParts } from './read-pair.ts';

const GO = { id: 'go', succeed: true };
const END = { id: 'end', succeed: true };

test.each<[fact: string, before: WorkflowParts, after: WorkflowParts, expected: string[]]>([
  ['nothing, of the same expression', { output: '{% $a + 1 %}' }, { output: '{%  $a  +  1 %}' }, []],
  [
    'nothing, of the same object written otherwise',
    { output: { updated: '{% $count($a) %}' } },
    { output: "{% { 'updated': $count($a) } %}" },
    [],
  ],
  ['a field more', { output: { a: 1 } }, { output: { a: 1, b: 2 } }, ['compatible added b: added']],
  [
    'a field less',
    { output: "{% { 'a': 1, 'b': { 'c': 2 } } %}" },
    { output: "{% { 'a': 1, 'b': {} } %}" },
    ['breaking removed b.c: removed'],
  ],
  [
    'a field that comes of something else',
    { output: { a: '{% $x %}' } },
    { output: { a: '{% $y %}' } },
    ['unsure changed a: comes of another expression'],
  ],
  [
    'another regular expression',
    { output: '{% $match($a, /x/) %}' },
    { output: '{% $match($a, /y/) %}' },
    ['unsure changed : comes of another expression'],
  ],
  [
    'an object whose fields are computed',
    { output: { a: 1 } },
    { output: '{% { $name: 1 } %}' },
    ['unsure changed : comes of another expression'],
  ],
  ['another text', { output: 'a' }, { output: 'b' }, ['unsure changed : comes of another expression']],
  [
    'an expression that does not parse',
    { output: '{% $a + %}' },
    { output: '{% $a %}' },
    ['unsure changed : comes of another expression'],
  ],
])('it tells of %s', (_fact, before, after, expected) => {
  expect(changeLines(before, after)).toEqual(expected);
});

test('without output, the outputs of the outermost steps are the fields', () => {
  const own = { steps: [GO, END], output: undefined };
  expect(changeLines(own, { ...own, output: { end: '{% $end %}' } })).toEqual([
    'breaking removed go: removed',
  ]);
});
