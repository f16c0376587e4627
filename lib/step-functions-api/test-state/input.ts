import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { DEEPEST_DATA, readJson } from '../definition/json-text.ts';
import { readInput } from '../executions/start.ts';
import { validationFault } from '../faults.ts';
import {
  ArnField,
  CauseField,
  DataField,
  DefinitionField,
  ErrorField,
  NameField,
  optional,
} from '../fields.ts';
import { readContext } from './context.ts';
import type { TestData } from './test-machine.ts';
import type { TestedState } from './tested-state.ts';

/** Input of `TestState`. */
export const TestStateInput = z.object({
  definition: DefinitionField,
  roleArn: optional(ArnField),
  input: optional(DataField),
  inspectionLevel: optional(z.enum(['INFO', 'DEBUG', 'TRACE'])),
  revealSecrets: optional(z.boolean()),
  variables: optional(DataField),
  stateName: optional(NameField),
  mock: optional(
    z.object({
      result: optional(DataField),
      errorOutput: optional(z.object({ error: optional(ErrorField), cause: optional(CauseField) })),
      fieldValidationMode: optional(z.enum(['STRICT', 'PRESENT', 'NONE'])),
    }),
  ),
  context: optional(DataField),
  stateConfiguration: optional(
    z.object({
      retrierRetryCount: optional(z.int().min(0)),
      errorCausedByState: optional(NameField),
      mapIterationFailureCount: optional(z.int().min(0)),
      mapItemReaderData: optional(DataField),
    }),
  ),
});

/** Input of `TestState`. */
export type TestStateInput = z.output<typeof TestStateInput>;

/** Demands what goes together, and what this server does. Throws ValidationException. */
export function checkTogether({ mock, revealSecrets, stateConfiguration }: TestStateInput): void {
  if (mock?.result !== undefined && mock.errorOutput !== undefined) {
    throw validationFault('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (mock !== undefined && revealSecrets === true) {
    throw validationFault('TestState does not support RevealSecrets when a mock is specified.');
  }
  const { mapIterationFailureCount, mapItemReaderData } = stateConfiguration ?? {};
  if (mapItemReaderData !== undefined && 'reason' in readJson(mapItemReaderData, DEEPEST_DATA)) {
    throw validationFault('MapItemReaderData must be valid JSON');
  }
  if (mapIterationFailureCount !== undefined && mock === undefined) {
    throw validationFault(
      'TestState does not support MapIterationFailureCount when a mock is not specified.',
    );
  }
}

/** Reads input, variables and context object. Throws {@link ApiFault}. */
export function readTestData(
  { input = '{}', variables = '{}', context }: TestStateInput,
  tested: TestedState,
): TestData {
  const read = readJson(variables, DEEPEST_DATA);
  if ('reason' in read || !isJsonObject(read.value)) throw validationFault('Variables must be a JSON object');
  const odd = Object.keys(read.value).find((name) => !/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u.test(name));
  if (odd !== undefined) throw validationFault(`Variables have names, and '${odd}' is none`);
  const told = context === undefined ? {} : { context: readContext(context, tested) };
  return { input: readInput(input), variables: read.value, ...told };
}

/** Reads the result of a mock: it has the shape that the state's own would have. Throws ValidationException. */
export function readMockResult(text: string, { type, fields }: TestedState): Json {
  const read = readJson(text, DEEPEST_DATA);
  if ('reason' in read) throw validationFault('Mocked result must be valid JSON');
  const { value } = read;
  if (type === 'Map' && fields['ResultWriter'] !== undefined) {
    if (!isJsonObject(value)) throw validationFault('Mocked result must be a JSON object.');
  } else if (type === 'Map' || type === 'Parallel') {
    checkArray(value, fields);
  }
  return value;
}

function checkArray(value: Json, { Branches: branches }: JsonObject): void {
  if (!Array.isArray(value)) throw validationFault('Mocked result must be an array.');
  if (Array.isArray(branches) && branches.length > 0 && branches.length !== value.length) {
    throw validationFault(
      'Mocked result must contain the same number of items as number of Parallel branches.',
    );
  }
}
