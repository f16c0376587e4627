import type { JsonObject } from '#core/json.ts';
import { type Difference, outcomeDifferences } from './compare.ts';
import type { FieldRow, Proof } from './fields/field-row.ts';
import { reproduce } from './reproduce.ts';

/** The two languages that States Language queries documents with. */
export const LANGUAGES = ['jsonata', 'jsonpath'] as const;
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** Runs the proof of a row in one language: what is not as it should be, or undefined where the language has no such thing. */
export async function checkField(row: FieldRow, language: Language): Promise<Difference[] | undefined> {
  const proof = row[language];
  if (proof === undefined) return undefined;
  const { input = {}, mocks } = proof;
  const definition = definitionOf(proof, language);
  const reproduction = await reproduce({ definition, input, ...(mocks === undefined ? {} : { mocks }) });
  return outcomeDifferences(proof.gives, reproduction);
}

function definitionOf({ states, machine }: Proof, language: Language): JsonObject {
  const [StartAt = ''] = Object.keys(states);
  const QueryLanguage = language === 'jsonata' ? 'JSONata' : 'JSONPath';
  return { QueryLanguage, StartAt, States: states, ...machine };
}
