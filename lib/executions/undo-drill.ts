import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { workflowKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { getVersion, undoableSteps, type WorkflowVersion } from './workflow-store.ts';

/** Why an undo is not proven is kept up to so many characters. */
const LONGEST_REASON = 200;

/** What a drill has found of the undo of one step. */
export const UndoProofSchema = z.object({
  step: z.string(),
  isProven: z.boolean(),
  /** Why it is not. */
  reason: z.string().exactOptional(),
});

/** What a drill has found of the undo of one step. */
export type UndoProof = z.infer<typeof UndoProofSchema>;

/** What is known of the undo of a version, step by step. */
export interface UndoDrill {
  readonly workflow: string;
  readonly version: string;
  /** When it was drilled last, in ms since the Unix epoch; undefined where it never was. */
  readonly drilledAt?: number;
  /** Every step of it that can be undone. */
  readonly steps: readonly UndoProof[];
}

const DrillItemSchema = z.object({ drilledAt: z.number(), steps: z.array(UndoProofSchema) });

/** By what a drill says which text it has drilled: SHA-256, in hex. */
export function digestOf(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

/**
 * Puts on record what a drill has found of a published version; it counts until the next one. A step of which it says nothing is not
 * proven. Throws SW4043 where the version is not published, SW4021 where it was another text that was drilled.
 */
export async function recordDrill(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  { name, version }: { readonly name: string; readonly version: string },
  { digest, steps: found }: { readonly digest: string; readonly steps: readonly UndoProof[] },
): Promise<UndoDrill> {
  const published = await getVersion(table, name, version);
  const { compiled, source } = published;
  if (digest !== digestOf(source)) throw otherContent(compiled);
  const steps = proofsOf(published, found, 'the drill says nothing of it');
  const drilledAt = Math.floor(clock.now());
  const unproven = steps.filter(({ isProven }) => !isProven).length;
  await table.transact([
    { put: { ...workflowKeys.drill(name, compiled.version), drilledAt, steps: [...steps] } },
    {
      update: {
        key: workflowKeys.version(name, compiled.version),
        set: { drilled: { at: drilledAt, undos: steps.length, unproven } },
        condition: { exists: true },
      },
    },
  ]);
  return { workflow: name, version: compiled.version, drilledAt, steps };
}

/** What is known of the undo of a version. Throws SW4043. */
export async function undoDrill(table: Table, name: string, version: string): Promise<UndoDrill> {
  const published = await getVersion(table, name, version);
  const exact = published.compiled.version;
  const item = await table.get(workflowKeys.drill(name, exact));
  const { drilledAt, steps } = item === undefined ? {} : DrillItemSchema.parse(item);
  return {
    ...{ workflow: name, version: exact, steps: proofsOf(published, steps ?? [], 'it was not drilled yet') },
    ...(drilledAt === undefined ? {} : { drilledAt }),
  };
}

function proofsOf(
  version: WorkflowVersion,
  found: readonly UndoProof[],
  otherwise: string,
): readonly UndoProof[] {
  return undoableSteps(version).map(({ id: step }) => {
    const { isProven, reason } = found.find((one) => one.step === step) ?? {
      ...{ isProven: false, reason: otherwise },
    };
    return { step, isProven, ...(reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) }) };
  });
}

function otherContent({ name, version }: WorkflowVersion['compiled']): StepwrightError {
  return new StepwrightError({
    code: 'SW4021',
    kind: 'conflict',
    message: `${name} ${version} is published with other content than was drilled`,
    hint: 'drill the file as it was published, or raise "version" and publish it',
  });
}
