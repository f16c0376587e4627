import { blockOf, type FieldGroup, guide, pass, proof } from './field-row.ts';

const PATHS = guide('concepts-input-output-filtering');
const OUTPUT = guide('transforming-data');
const VARIABLES = guide('workflow-variables');
const order = { order: { id: 7, lines: [1, 2] } };

/** Machine, Pass, Succeed and Fail. */
export const SIMPLE_STATES: readonly FieldGroup[] = [
  {
    title: 'State machine',
    rows: [
      {
        field: 'StartAt, States',
        source: guide('statemachine-structure'),
        jsonata: proof(pass(), { output: 1 }, { input: 1 }),
        jsonpath: proof(pass(), { output: 1 }, { input: 1 }),
      },
      {
        field: 'StartAt that names no state is refused',
        source: guide('statemachine-structure'),
        jsonata: proof(pass(), { refused: true }, { machine: { StartAt: 'b' } }),
        jsonpath: proof(pass(), { refused: true }, { machine: { StartAt: 'b' } }),
      },
      {
        field: 'TimeoutSeconds',
        source: guide('statemachine-structure'),
        jsonata: proof(
          { Type: 'Wait', Seconds: 9, End: true },
          { error: 'States.Timeout' },
          { machine: { TimeoutSeconds: 5 } },
        ),
        jsonpath: proof(
          { Type: 'Wait', Seconds: 9, End: true },
          { error: 'States.Timeout' },
          { machine: { TimeoutSeconds: 5 } },
        ),
      },
      {
        field: 'Comment, Version',
        source: guide('statemachine-structure'),
        jsonata: proof(pass({ Comment: 'c' }), { output: {} }, { machine: { Comment: 'c', Version: '1.0' } }),
        jsonpath: proof(
          pass({ Comment: 'c' }),
          { output: {} },
          { machine: { Comment: 'c', Version: '1.0' } },
        ),
      },
      {
        field: 'QueryLanguage of one state',
        source: OUTPUT,
        jsonpath: proof(
          pass({ QueryLanguage: 'JSONata', Output: '{% $states.input + 1 %}' }),
          { output: 3 },
          { input: 2 },
        ),
      },
      {
        field: 'JSONPath states in a JSONata machine are refused',
        source: OUTPUT,
        jsonata: proof(pass({ QueryLanguage: 'JSONPath' }), { refused: true }),
      },
      {
        field: 'Assign',
        source: VARIABLES,
        jsonata: {
          states: {
            a: pass({ Assign: { n: '{% $states.input + 1 %}' }, Next: 'b' }),
            b: pass({ Output: '{% $n %}' }),
          },
          input: 2,
          gives: { output: 3 },
        },
        jsonpath: {
          states: {
            a: pass({ Assign: { 'n.$': '$.order.id' }, Next: 'b' }),
            b: pass({ Parameters: { 'n.$': '$n' } }),
          },
          input: order,
          gives: { output: { n: 7 } },
        },
      },
      {
        field: 'Variables of a branch stay its own',
        source: VARIABLES,
        jsonata: {
          states: {
            a: {
              Type: 'Parallel',
              Branches: [blockOf(pass({ Assign: { n: 2 } }))],
              Assign: { m: 1 },
              Next: 'b',
            },
            b: pass({ Output: '{% [$exists($n), $m] %}' }),
          },
          gives: { output: [false, 1] },
        },
      },
    ],
  },
  {
    title: 'Pass',
    rows: [
      {
        field: 'Output',
        source: guide('state-pass'),
        jsonata: proof(
          pass({ Output: { id: '{% $states.input.order.id %}', kind: 'x' } }),
          { output: { id: 7, kind: 'x' } },
          { input: order },
        ),
      },
      {
        field: 'Result',
        source: guide('state-pass'),
        jsonpath: proof(pass({ Result: { a: [1] } }), { output: { a: [1] } }),
      },
      {
        field: 'ResultPath',
        source: guide('input-output-resultpath'),
        jsonpath: proof(
          pass({ Result: 1, ResultPath: '$.deep.down' }),
          { output: { ...order, deep: { down: 1 } } },
          { input: order },
        ),
      },
      {
        field: 'ResultPath null',
        source: guide('input-output-resultpath'),
        jsonpath: proof(pass({ Result: 1, ResultPath: null }), { output: order }, { input: order }),
      },
      {
        field: 'InputPath',
        source: PATHS,
        jsonpath: proof(pass({ InputPath: '$.order' }), { output: order.order }, { input: order }),
      },
      {
        field: 'InputPath null',
        source: PATHS,
        jsonpath: proof(pass({ InputPath: null }), { output: {} }, { input: order }),
      },
      {
        field: 'Parameters',
        source: guide('input-output-inputpath-params'),
        jsonpath: proof(
          pass({ Parameters: { 'id.$': '$.order.id', kind: 'x' } }),
          { output: { id: 7, kind: 'x' } },
          { input: order },
        ),
      },
      {
        field: 'OutputPath',
        source: PATHS,
        jsonpath: proof(pass({ OutputPath: '$.order.lines[1]' }), { output: 2 }, { input: order }),
      },
      {
        field: 'OutputPath null',
        source: PATHS,
        jsonpath: proof(pass({ OutputPath: null }), { output: {} }, { input: order }),
      },
      {
        field: 'Next or End, not both',
        source: guide('statemachine-structure'),
        jsonata: proof({ Type: 'Pass' }, { refused: true }),
        jsonpath: proof({ Type: 'Pass' }, { refused: true }),
      },
    ],
  },
  {
    title: 'Succeed',
    rows: [
      {
        field: 'Output',
        source: guide('state-succeed'),
        jsonata: proof({ Type: 'Succeed', Output: '{% $states.input * 2 %}' }, { output: 4 }, { input: 2 }),
      },
      {
        field: 'InputPath, OutputPath',
        source: guide('state-succeed'),
        jsonpath: proof(
          { Type: 'Succeed', InputPath: '$.order', OutputPath: '$.id' },
          { output: 7 },
          { input: order },
        ),
      },
    ],
  },
  {
    title: 'Fail',
    rows: [
      {
        field: 'Error, Cause',
        source: guide('state-fail'),
        jsonata: proof(
          { Type: 'Fail', Error: 'E', Cause: "{% 'n ' & $states.input %}" },
          { error: 'E', cause: 'n 2' },
          { input: 2 },
        ),
        jsonpath: proof({ Type: 'Fail', Error: 'E', Cause: 'c' }, { error: 'E', cause: 'c' }),
      },
      {
        field: 'ErrorPath, CausePath',
        source: guide('state-fail'),
        jsonpath: proof(
          { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('n {}', $.c)" },
          { error: 'E', cause: 'n 2' },
          { input: { e: 'E', c: 2 } },
        ),
      },
    ],
  },
];
