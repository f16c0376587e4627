import type { Json } from '#core/json.ts';
import type { Finding } from '../source.ts';
import { didYouMean } from '../suggest.ts';
import { placeholderFor } from './placeholder.ts';

/** A text has a `${{` that begins no placeholder. */
export const BROKEN_PLACEHOLDER: Finding = {
  code: 'SW1801',
  message: 'this ${{ begins no placeholder',
  hint: `write it like ${placeholderFor('site')}, with the name of a parameter and nothing else`,
};

/** A placeholder names no parameter of the template. */
export function unknownParameter(parameter: string, known: readonly string[]): Finding {
  return {
    code: 'SW1802',
    message: `the template has no parameter "${parameter}"`,
    ...didYouMean(parameter, known),
  };
}

/** A placeholder of an expression stands where no value can. */
export function noPlace(parameter: string): Finding {
  return {
    code: 'SW1803',
    message: `the value of "${parameter}" cannot stand here in the expression`,
    hint: 'a value stands where a variable could: take away quotes around it, which it brings along itself',
  };
}

/** A value that is no word stands among words. */
export function noText(parameter: string, value: Json | undefined): Finding {
  const found = value === undefined ? 'has no value' : `is ${JSON.stringify(value)}`;
  return {
    code: 'SW1803',
    message: `"${parameter}" ${found}, which cannot stand inside a text`,
    hint:
      value === undefined
        ? 'give it a default, or name it under "required"'
        : 'let the placeholder be the whole value, or write an expression',
  };
}

/** With this value, a text would be an expression. */
export function becomesCode(parameter: string): Finding {
  return {
    code: 'SW1804',
    message: `with the value of "${parameter}", this becomes an expression`,
    hint: 'parameters are values; what differs from run to run is for the input of the workflow',
  };
}
