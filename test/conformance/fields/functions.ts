import type { Json, JsonObject } from '#core/json.ts';
import {
  type FieldGroup,
  type FieldRow,
  failing,
  guide,
  type Proof,
  pass,
  proof,
  task,
} from './field-row.ts';

const INTRINSICS = guide('intrinsic-functions');
const JSONATA = guide('transforming-data');
const CONTEXT = guide('input-output-contextobject');

/** Intrinsic functions, what they are called with, and what they give. */
const INTRINSIC_CALLS: readonly (readonly [string, string, Json])[] = [
  ['States.Array', "States.Array('a', 1, $.n)", ['a', 1, [1, 2, 3, 3]]],
  ['States.ArrayPartition', 'States.ArrayPartition($.n, 3)', [[1, 2, 3], [3]]],
  ['States.ArrayContains', 'States.ArrayContains($.n, 2)', true],
  ['States.ArrayRange', 'States.ArrayRange(1, 9, 4)', [1, 5, 9]],
  ['States.ArrayGetItem', 'States.ArrayGetItem($.n, 1)', 2],
  ['States.ArrayLength', 'States.ArrayLength($.n)', 4],
  ['States.ArrayUnique', 'States.ArrayUnique($.n)', [1, 2, 3]],
  ['States.Base64Encode', "States.Base64Encode('data')", 'ZGF0YQ=='],
  ['States.Base64Decode', "States.Base64Decode('ZGF0YQ==')", 'data'],
  ['States.Hash', "States.Hash('data', 'SHA-1')", 'a17c9aaa61e80a1bf71d0d850af4e5baa9800bbd'],
  ['States.JsonMerge', 'States.JsonMerge($.x, $.y, false)', { a: 2, b: 1 }],
  ['States.StringToJson', 'States.StringToJson(\'{"a":[1]}\')', { a: [1] }],
  ['States.JsonToString', 'States.JsonToString($.x)', '{"a":1,"b":1}'],
  ['States.MathAdd', 'States.MathAdd(3, -5)', -2],
  ['States.StringSplit', "States.StringSplit('a,b;c', ',;')", ['a', 'b', 'c']],
  ['States.UUID', 'States.UUID()', '<uuid>'],
  ['States.Format', "States.Format('{} of {}', 'a', $.n[0])", 'a of 1'],
  ['Functions within functions', 'States.MathAdd(States.ArrayLength($.n), 1)', 5],
];

function intrinsicRow([field, call, value]: (typeof INTRINSIC_CALLS)[number]): FieldRow {
  const input = { n: [1, 2, 3, 3], x: { a: 1, b: 1 }, y: { a: 2 } };
  return {
    field,
    source: INTRINSICS,
    jsonpath: proof(pass({ Parameters: { 'r.$': call } }), { output: { r: value } }, { input }),
  };
}

const RANDOM: FieldRow = {
  field: 'States.MathRandom',
  source: INTRINSICS,
  jsonpath: proof(pass({ Parameters: { 'r.$': 'States.MathRandom(3, 4)' } }), { output: { r: 3 } }),
};

/** Functions that Step Functions adds to JSONata. */
const JSONATA_CALLS: readonly (readonly [string, string, Json])[] = [
  ['$partition', '$partition([1,2,3], 2)', [[1, 2], [3]]],
  ['$range', '$range(1, 9, 4)', [1, 5, 9]],
  ['$hash', "$hash('data', 'SHA-1')", 'a17c9aaa61e80a1bf71d0d850af4e5baa9800bbd'],
  ['$random', '$random() < 1 and $random(7) = $random(7)', true],
  ['$uuid', '$length($uuid())', 36],
  ['$parse', '$parse(\'{"a":1}\').a', 1],
  ['Built-in functions', '$sum([1,2,3]) & $uppercase("x")', '6X'],
];

function jsonataRow([field, text, value]: (typeof JSONATA_CALLS)[number]): FieldRow {
  return { field, source: JSONATA, jsonata: proof(pass({ Output: `{% ${text} %}` }), { output: value }) };
}

/** Fields of the context object, and what they are; placeholders for what differs. */
const CONTEXT_FIELDS: readonly (readonly [string, Json])[] = [
  ['Execution.Id', '<arn>'],
  ['Execution.Input', { n: 1 }],
  ['Execution.Name', '<name>'],
  ['Execution.RoleArn', '<arn>'],
  ['Execution.StartTime', 'timestamp'],
  ['Execution.RedriveCount', 0],
  ['State.Name', 'a'],
  ['State.EnteredTime', 'timestamp'],
  ['StateMachine.Id', '<arn>'],
  ['StateMachine.Name', '<name>'],
];

function contextRow([field, value]: (typeof CONTEXT_FIELDS)[number]): FieldRow {
  const more: { input: JsonObject } = { input: { n: 1 } };
  return {
    field,
    source: CONTEXT,
    jsonata: proof(pass({ Output: { r: `{% $states.context.${field} %}` } }), { output: { r: value } }, more),
    jsonpath: proof(pass({ Parameters: { 'r.$': `$$.${field}` } }), { output: { r: value } }, more),
  };
}

/** Step Functions tells of it in states that can be retried, and in no others. */
const RETRY_COUNT: FieldRow = {
  field: 'State.RetryCount',
  source: CONTEXT,
  jsonata: retried({ Output: '{% $states.context.State.RetryCount %}' }, 1),
  jsonpath: retried({ ResultSelector: { 'r.$': '$$.State.RetryCount' } }, { r: 1 }),
};

function retried(fields: JsonObject, output: Json): Proof {
  const answers = [failing('E'), { Return: 1 }];
  return proof(task({ Retry: [{ ErrorEquals: ['E'] }], ...fields }), { output }, { mocks: { a: answers } });
}

const TASK_TOKEN: FieldRow = {
  field: 'Task.Token',
  source: CONTEXT,
  jsonata: waiting({ Arguments: { t: '{% $states.context.Task.Token %}' } }),
  jsonpath: waiting({ Parameters: { 't.$': '$$.Task.Token' } }),
};

function waiting(fields: JsonObject): Proof {
  const state = task({ Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', ...fields });
  return proof(state, { output: 1 }, { mocks: { a: [{ Return: 1 }] } });
}

/** Functions, and the context object. */
export const FUNCTIONS_AND_CONTEXT: readonly FieldGroup[] = [
  { title: 'Intrinsic functions', rows: [...INTRINSIC_CALLS.map(intrinsicRow), RANDOM] },
  { title: 'Functions in JSONata', rows: JSONATA_CALLS.map(jsonataRow) },
  { title: 'Context object', rows: [...CONTEXT_FIELDS.map(contextRow), RETRY_COUNT, TASK_TOKEN] },
];
