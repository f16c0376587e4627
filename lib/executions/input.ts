import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { StepwrightError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { remember } from '#core/remember.ts';
import { schemaRegExp } from '#expression/linear-regex.ts';

/** One thing that an input has not as its schema demands. */
export interface InputError {
  /** JSON Pointer of the place, such as `/release`. */
  readonly path: string;
  readonly message: string;
}

/** Thrown for an input that does not fit its schema, with every error. */
export class InvalidInput extends StepwrightError {
  readonly errors: readonly InputError[];

  constructor(workflow: string, errors: readonly InputError[]) {
    const list = errors
      .map(({ path, message }) => `${path === '' ? 'the input' : path} ${message}`)
      .join('; ');
    super({
      code: 'SW4004',
      kind: 'invalid',
      message: `the input does not fit ${workflow}: ${list}`,
      hint: 'see "input" in the workflow',
    });
    this.errors = errors;
  }
}

const ajv = new Ajv2020({
  allErrors: true,
  useDefaults: true,
  strict: false,
  code: { regExp: schemaRegExp },
});
addFormats.default(ajv);

/** Schemas whose validators are kept: those that executions are started with again and again. */
const REMEMBERED = 500;

/** By the text of a schema: each read of a version from the table gives an object of its own. */
const validatorOf = remember(REMEMBERED, (text): ValidateFunction => {
  const schema: JsonObject = JSON.parse(text);
  const validate = ajv.compile(schema);
  // Ajv would keep it for ever.
  ajv.removeSchema(schema);
  return validate;
});

/** The input with its defaults filled in. Throws {@link InvalidInput}. */
export function checkInput(workflow: string, schema: JsonObject | undefined, input: Json): Json {
  if (schema === undefined) return input;
  const validate = validatorOf(JSON.stringify(schema));
  const filled: Json = JSON.parse(JSON.stringify(input));
  if (validate(filled)) return filled;
  throw new InvalidInput(workflow, (validate.errors ?? []).map(toInputError));
}

function toInputError({ instancePath, message = 'is wrong', params }: ErrorObject): InputError {
  const extra = 'additionalProperty' in params ? ` ("${String(params['additionalProperty'])}")` : '';
  return { path: instancePath, message: `${message}${extra}` };
}
