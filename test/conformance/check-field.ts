import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '#core/json.ts';
import { FolderObjects } from '#engine/embedded/services/folder-objects.ts';
import { type Difference, outcomeDifferences } from './compare.ts';
import type { FieldRow, Proof, Scene } from './fields/field-row.ts';
import { valueDifferences } from './placeholders.ts';
import { type Reproduction, reproduce } from './reproduce.ts';

/** The two languages that States Language queries documents with. */
export const LANGUAGES = ['jsonata', 'jsonpath'] as const;
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** Runs the proof of a row in one language: what is not as it should be, or undefined where the language has no such thing. */
export async function checkField(row: FieldRow, language: Language): Promise<Difference[] | undefined> {
  if (row.scene !== undefined) return checkScene(row.scene);
  const proof = row[language];
  return proof === undefined ? undefined : outcomeDifferences(proof.gives, await runProof(proof, language));
}

async function checkScene({ play, shows }: Scene): Promise<Difference[]> {
  return [...valueDifferences(shows, await play())].map(({ path, ...values }) => ({
    field: path.slice(2),
    ...values,
  }));
}

async function runProof(proof: Proof, language: Language): Promise<Reproduction> {
  const { input = {}, mocks, objects } = proof;
  const definition = definitionOf(proof, language);
  const run = { definition, input, ...(mocks === undefined ? {} : { mocks }) };
  if (objects === undefined) return reproduce(run);
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-field-'));
  try {
    for (const [key, content] of Object.entries(objects)) {
      const file = join(folder, 'data', key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return await reproduce({ ...run, store: new FolderObjects(folder) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function definitionOf({ states, machine }: Proof, language: Language): JsonObject {
  const [StartAt = ''] = Object.keys(states);
  const QueryLanguage = language === 'jsonata' ? 'JSONata' : 'JSONPath';
  return { QueryLanguage, StartAt, States: states, ...machine };
}
