import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { formatPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import { withDefaults } from '#definition/template/parameters.ts';
import type { Template } from '#definition/template/template.ts';
import { errorsAgainst } from './json-schema.ts';

/** One thing that the values of parameters have not as the template demands. */
export interface ParameterError {
  /** Such as `zones[0]`; empty for all of them. */
  readonly path: string;
  readonly message: string;
}

/** Thrown for values of parameters that a template does not take, with every error. */
export class InvalidParameters extends StepwrightError {
  readonly errors: readonly ParameterError[];

  constructor({ name, version, properties }: Template, errors: readonly ParameterError[], hint?: string) {
    const list = errors
      .map(({ path, message }) => (path === '' ? message : `"${path}" ${message}`))
      .join('; ');
    const names = Object.keys(properties);
    super({
      code: 'SW4009',
      kind: 'invalid',
      message: `the parameters do not fit the template ${name} ${version}: ${list}`,
      hint: hint ?? (names.length === 0 ? 'it has no parameters' : `its parameters are ${names.join(', ')}`),
    });
    this.errors = errors;
  }
}

/** The values of the parameters of a template, defaults filled in. Throws {@link InvalidParameters}. */
export function checkParameters(template: Template, given: JsonObject): JsonObject {
  const known = Object.keys(template.properties);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const values = withDefaults(template, given);
  const errors = [
    ...unknown.map((name) => ({ path: name, message: 'is no parameter of it' })),
    ...errorsAgainst(template.parameters, values).map(({ path, message }) => ({
      path: formatPath(path),
      message,
    })),
  ];
  if (errors.length === 0) return values;
  throw new InvalidParameters(template, errors, didYouMean(unknown[0] ?? '', known).hint);
}
