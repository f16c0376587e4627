import type { JsonObject } from '#core/json.ts';
import { type FieldGroup, guide, pass, proof } from './field-row.ts';

const VARIABLES = guide('workflow-variables');
const QUOTAS = guide('service-quotas');

/** States one after another, each with a variable of 250 kB of its own: more than 10 MiB in all. */
function manyVariables(): Readonly<Record<string, JsonObject>> {
  const states = Array.from({ length: 43 }, (_, index): readonly [string, JsonObject] => [
    `s${index}`,
    {
      ...{ Type: 'Pass', Assign: { [`v${index}`]: "{% $pad('', 250000, 'x') %}" }, Output: {} },
      ...(index === 42 ? { End: true } : { Next: `s${index + 1}` }),
    },
  ]);
  return Object.fromEntries(states);
}

const LONG = 'n'.repeat(81);

/** What Step Functions takes at most. */
export const LIMITS: FieldGroup = {
  title: 'Quotas',
  rows: [
    {
      field: 'Variables of one Assign: 256 KiB',
      source: VARIABLES,
      jsonata: proof(
        pass({ Assign: { a: "{% $pad('', 150000, 'x') %}", b: "{% $pad('', 150000, 'x') %}" }, Output: {} }),
        { error: 'States.DataLimitExceeded' },
      ),
      jsonpath: proof(
        pass({ Assign: { 'a.$': '$.x', 'b.$': '$.x' }, OutputPath: '$.y' }),
        { error: 'States.DataLimitExceeded' },
        { input: { x: 'x'.repeat(150_000), y: 1 } },
      ),
    },
    {
      field: 'All variables of an execution: 10 MiB',
      source: VARIABLES,
      jsonata: { states: manyVariables(), gives: { error: 'States.DataLimitExceeded' } },
    },
    {
      field: 'A name of a variable: 80 characters',
      source: VARIABLES,
      jsonpath: proof(pass({ Assign: { [LONG]: 1 } }), { refused: true }),
    },
    {
      field: 'A name of a variable is an identifier',
      source: VARIABLES,
      jsonpath: proof(pass({ Assign: { 'a-b.$': '$' } }), { refused: true }),
    },
    {
      field: 'Input of a child of a distributed Map: 256 KiB',
      source: QUOTAS,
      jsonata: proof(
        {
          ...{
            Type: 'Map',
            Items: '{% [1] %}',
            ItemSelector: { x: "{% $pad('', 300000, 'x') %}" },
            End: true,
          },
          ItemProcessor: {
            ...{ StartAt: 'p', States: { p: pass() } },
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          },
        },
        { error: 'States.DataLimitExceeded' },
      ),
    },
  ],
};
