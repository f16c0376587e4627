import type { JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { MachineState } from '../machine.ts';
import type { MachineExamination, MachineRule } from '../machine-rule.ts';

const OUTPUT = ['Output', 'Assign'];
const NEXT = ['Next', 'End'];
const FALLIBLE = ['Retry', 'Catch'];

/** What a state of each type takes in JSONata, besides Type, Comment and QueryLanguage. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pass: [...OUTPUT, ...NEXT],
  Task: [
    ...OUTPUT,
    ...NEXT,
    ...FALLIBLE,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    'Credentials',
  ],
  Choice: [...OUTPUT, 'Choices', 'Default'],
  Wait: [...OUTPUT, ...NEXT, 'Seconds', 'Timestamp'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: [...OUTPUT, ...NEXT, ...FALLIBLE, 'Branches', 'Arguments'],
  Map: [...OUTPUT, ...NEXT, ...FALLIBLE, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
};

/** What a Map takes besides, when its iterations run as child executions. */
const DISTRIBUTED = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailurePercentage',
  'ToleratedFailureCount',
  'Label',
];

/** What a state of a type cannot do without: one of each row. */
const NEEDED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Task: [['Resource']],
  Choice: [['Choices']],
  Wait: [['Seconds', 'Timestamp']],
  Parallel: [['Branches']],
  Map: [['ItemProcessor']],
};

const JSON_PATH =
  /^(?:InputPath|OutputPath|ResultPath|ResultSelector|Parameters|Result|\w+Path|Iterator|\w+\.\$)$/;

/**
 * A state is of a known type and has the fields of that type in JSONata, and none of JSONPath's.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
 */
export const stateFields: MachineRule = {
  block({ owner, body, path }, { tell }) {
    const { QueryLanguage: language } = body;
    if (owner === undefined && language !== 'JSONata')
      tell({
        code: 'SW1721',
        path: [...path, 'QueryLanguage'],
        message: 'the QueryLanguage of a machine is JSONata',
      });
    if (owner !== undefined && language !== undefined)
      tell({
        code: 'SW1721',
        path: [...path, 'QueryLanguage'],
        message: 'a branch or an iteration has no QueryLanguage',
      });
  },
  state(state, examination) {
    const fields = fieldsOf(state);
    if (fields === undefined) {
      examination.tell({
        code: 'SW1721',
        path: [...state.path, 'Type'],
        message: `"${state.type}" is no type of a state`,
        hint: `it is one of ${Object.keys(FIELDS).join(', ')}`,
      });
      return;
    }
    tellOfOthers(state, fields, examination);
    tellOfMissing(state, examination);
  },
};

function fieldsOf({ type, blocks }: MachineState): readonly string[] | undefined {
  const own = Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  const isDistributed = type === 'Map' && blocks.some((block) => block.isDistributed);
  return own === undefined ? undefined : [...own, ...(isDistributed ? DISTRIBUTED : [])];
}

function tellOfOthers(
  { name, type, path, fields }: MachineState,
  taken: readonly string[],
  { tell }: MachineExamination,
): void {
  if (fields['QueryLanguage'] !== undefined && fields['QueryLanguage'] !== 'JSONata')
    tell({
      code: 'SW1721',
      path: [...path, 'QueryLanguage'],
      message: `"${name}" is in JSONata, like its machine`,
    });
  for (const field of Object.keys(fields)) {
    if (['Type', 'Comment', 'QueryLanguage', ...taken].includes(field)) continue;
    tell({
      code: 'SW1721',
      path: [...path, field],
      message: `a ${type} state has no field "${field}"`,
      ...hintFor(field),
    });
  }
}

function hintFor(field: string): { readonly hint?: string } {
  if (JSON_PATH.test(field))
    return { hint: 'it belongs to JSONPath; in JSONata there are Arguments, Output and Items' };
  return DISTRIBUTED.includes(field)
    ? { hint: 'a Map takes it whose ProcessorConfig has the Mode DISTRIBUTED' }
    : {};
}

function tellOfMissing({ name, type, path, fields }: MachineState, { tell }: MachineExamination): void {
  for (const needed of NEEDED[type] ?? []) {
    const found = needed.filter((field) => isThere(fields, field));
    if (found.length === 1) continue;
    const what = found.length === 0 ? `lacks ${needed.join(' or ')}` : `has both ${found.join(' and ')}`;
    tell({ code: 'SW1721', path: placeOf(path, found), message: `"${name}" ${what}` });
  }
}

function placeOf(path: DocumentPath, found: readonly string[]): DocumentPath {
  return [...path, ...found.slice(-1)];
}

/** Lists of states and rules are there when they have an entry. */
function isThere(fields: JsonObject, field: string): boolean {
  const value = fields[field];
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}
