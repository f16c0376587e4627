import { blockOf, type FieldGroup, failing, guide, pass, proof, task } from './field-row.ts';

const PARALLEL = guide('state-parallel');
const MAP = guide('state-map-inline');
const DISTRIBUTED = guide('state-map-distributed');
const TOLERANCE = guide('maprun-fail-threshold');
const fail = { Type: 'Fail', Error: 'E', Cause: 'c' };
const parallel = { Type: 'Parallel', End: true };
const map = { Type: 'Map', End: true };
const inline = blockOf(pass());
const distributed = {
  ...blockOf(pass()),
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
};
const failingOdd = {
  ProcessorConfig: distributed.ProcessorConfig,
  StartAt: 'c',
  States: {
    c: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'f' }], Default: 'p' },
    f: fail,
    p: pass(),
  },
};

/** Parallel and Map. */
export const PARALLEL_AND_MAP: readonly FieldGroup[] = [
  {
    title: 'Parallel',
    rows: [
      {
        field: 'Branches',
        source: PARALLEL,
        jsonata: proof(
          { ...parallel, Branches: [blockOf(pass({ Output: 'l' }), 'y'), inline] },
          { output: ['l', 2] },
          { input: 2 },
        ),
        jsonpath: proof(
          { ...parallel, Branches: [blockOf(pass({ Result: 'l' }), 'y'), inline] },
          { output: ['l', 2] },
          { input: 2 },
        ),
      },
      {
        field: 'Arguments, Output',
        source: PARALLEL,
        jsonata: proof(
          {
            ...parallel,
            Branches: [inline],
            Arguments: '{% $states.input + 1 %}',
            Output: '{% $states.result[0] %}',
          },
          { output: 3 },
          { input: 2 },
        ),
      },
      {
        field: 'Parameters, ResultSelector, ResultPath, OutputPath',
        source: PARALLEL,
        jsonpath: proof(
          {
            ...parallel,
            Branches: [inline],
            Parameters: { 'n.$': '$.x' },
            ResultSelector: { 'r.$': '$[0].n' },
            ResultPath: '$.got',
            OutputPath: '$.got',
          },
          { output: { r: 2 } },
          { input: { x: 2 } },
        ),
      },
      {
        field: 'A branch that fails ends the state',
        source: PARALLEL,
        jsonata: proof(
          { ...parallel, Branches: [blockOf({ Type: 'Wait', Seconds: 99, End: true }), blockOf(fail, 'y')] },
          { error: 'E', cause: 'c' },
        ),
        jsonpath: proof(
          { ...parallel, Branches: [blockOf({ Type: 'Wait', Seconds: 99, End: true }), blockOf(fail, 'y')] },
          { error: 'E', cause: 'c' },
        ),
      },
    ],
  },
  {
    title: 'Map',
    rows: [
      {
        field: 'ItemProcessor',
        source: MAP,
        jsonata: proof({ ...map, ItemProcessor: inline }, { output: [1, 2] }, { input: [1, 2] }),
        jsonpath: proof({ ...map, ItemProcessor: inline }, { output: [1, 2] }, { input: [1, 2] }),
      },
      {
        field: 'Iterator',
        source: MAP,
        jsonpath: proof({ ...map, Iterator: inline }, { output: [1, 2] }, { input: [1, 2] }),
      },
      {
        field: 'Items',
        source: MAP,
        jsonata: proof(
          { ...map, Items: '{% $states.input.n %}', ItemProcessor: inline },
          { output: [1, 2] },
          { input: { n: [1, 2] } },
        ),
      },
      {
        field: 'ItemsPath',
        source: guide('input-output-itemspath'),
        jsonpath: proof(
          { ...map, ItemsPath: '$.n', ItemProcessor: inline },
          { output: [1, 2] },
          { input: { n: [1, 2] } },
        ),
      },
      {
        field: 'ItemSelector',
        source: guide('input-output-itemselector'),
        jsonata: proof(
          {
            ...map,
            ItemSelector: {
              i: '{% $states.context.Map.Item.Index %}',
              v: '{% $states.context.Map.Item.Value %}',
            },
            ItemProcessor: inline,
          },
          { output: [{ i: 0, v: 'x' }] },
          { input: ['x'] },
        ),
        jsonpath: proof(
          {
            ...map,
            ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value' },
            ItemProcessor: inline,
          },
          { output: [{ i: 0, v: 'x' }] },
          { input: ['x'] },
        ),
      },
      {
        field: 'Parameters',
        source: MAP,
        jsonpath: proof(
          {
            ...map,
            ItemsPath: '$.n',
            Parameters: { 'v.$': '$$.Map.Item.Value', 'k.$': '$.k' },
            ItemProcessor: inline,
          },
          { output: [{ v: 1, k: 9 }] },
          { input: { n: [1], k: 9 } },
        ),
      },
      {
        field: 'MaxConcurrency',
        source: MAP,
        jsonata: proof(
          { ...map, MaxConcurrency: '{% 1 %}', ItemProcessor: inline },
          { output: [1, 2] },
          { input: [1, 2] },
        ),
        jsonpath: proof(
          { ...map, MaxConcurrency: 1, ItemProcessor: inline },
          { output: [1, 2] },
          { input: [1, 2] },
        ),
      },
      {
        field: 'MaxConcurrencyPath',
        source: MAP,
        jsonpath: proof(
          { ...map, ItemsPath: '$.n', MaxConcurrencyPath: '$.m', ItemProcessor: inline },
          { output: [1, 2] },
          { input: { n: [1, 2], m: 1 } },
        ),
      },
      {
        field: 'ResultSelector, ResultPath',
        source: MAP,
        jsonpath: proof(
          {
            ...map,
            ItemsPath: '$.n',
            ItemProcessor: inline,
            ResultSelector: { 'r.$': '$[1]' },
            ResultPath: '$.got',
          },
          { output: { n: [1, 2], got: { r: 2 } } },
          { input: { n: [1, 2] } },
        ),
      },
      {
        field: 'An iteration that fails ends the state',
        source: MAP,
        jsonata: proof({ ...map, ItemProcessor: blockOf(fail) }, { error: 'E', cause: 'c' }, { input: [1] }),
        jsonpath: proof({ ...map, ItemProcessor: blockOf(fail) }, { error: 'E', cause: 'c' }, { input: [1] }),
      },
      {
        field: 'ProcessorConfig: DISTRIBUTED',
        source: DISTRIBUTED,
        jsonata: proof(
          { ...map, Label: 'L', ItemProcessor: distributed },
          { output: [1, 2] },
          { input: [1, 2] },
        ),
        jsonpath: proof(
          { ...map, Label: 'L', ItemProcessor: distributed },
          { output: [1, 2] },
          { input: [1, 2] },
        ),
      },
      {
        field: 'ItemBatcher',
        source: guide('input-output-itembatcher'),
        jsonata: proof(
          { ...map, ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { k: 9 } }, ItemProcessor: distributed },
          {
            output: [
              { BatchInput: { k: 9 }, Items: [1, 2] },
              { BatchInput: { k: 9 }, Items: [3] },
            ],
          },
          { input: [1, 2, 3] },
        ),
        jsonpath: proof(
          { ...map, ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { k: 9 } }, ItemProcessor: distributed },
          {
            output: [
              { BatchInput: { k: 9 }, Items: [1, 2] },
              { BatchInput: { k: 9 }, Items: [3] },
            ],
          },
          { input: [1, 2, 3] },
        ),
      },
      {
        field: 'ToleratedFailureCount',
        source: TOLERANCE,
        jsonata: proof(
          { ...map, ToleratedFailureCount: 1, Output: 'through', ItemProcessor: failingOdd },
          { output: 'through' },
          { input: [1, 2] },
        ),
      },
      {
        field: 'ToleratedFailurePercentage',
        source: TOLERANCE,
        jsonata: proof(
          { ...map, ToleratedFailurePercentage: 50, Output: 'through', ItemProcessor: failingOdd },
          { output: 'through' },
          { input: [1, 2] },
        ),
      },
      {
        field: 'Tolerance exceeded',
        source: TOLERANCE,
        jsonata: proof(
          { ...map, ToleratedFailureCount: 1, ItemProcessor: failingOdd },
          { error: 'States.ExceedToleratedFailureThreshold' },
          { input: [1, 1] },
        ),
      },
    ],
  },
  {
    title: 'Retry and Catch of blocks',
    rows: [
      {
        field: 'Parallel: Retry',
        source: PARALLEL,
        jsonata: proof(
          { ...parallel, Branches: [blockOf(task())], Retry: [{ ErrorEquals: ['E'] }] },
          { output: [1] },
          { mocks: { x: [failing('E'), { Return: 1 }] } },
        ),
        jsonpath: proof(
          { ...parallel, Branches: [blockOf(task())], Retry: [{ ErrorEquals: ['E'] }] },
          { output: [1] },
          { mocks: { x: [failing('E'), { Return: 1 }] } },
        ),
      },
      {
        field: 'Map: Catch',
        source: MAP,
        jsonata: {
          states: {
            a: { ...map, ItemProcessor: blockOf(fail), Catch: [{ ErrorEquals: ['E'], Next: 'b' }] },
            b: pass({ Output: '{% $states.input.Error %}' }),
          },
          input: [1],
          gives: { output: 'E' },
        },
        jsonpath: {
          states: {
            a: { ...map, ItemProcessor: blockOf(fail), Catch: [{ ErrorEquals: ['E'], Next: 'b' }] },
            b: pass({ InputPath: '$.Error' }),
          },
          input: [1],
          gives: { output: 'E' },
        },
      },
    ],
  },
];
