import { checkShape } from '../shape.ts';
import type { Source } from '../source.ts';
import { type DecisionFile, DecisionFileSchema } from './decision.ts';

/** By the name of a decision, what is known of its versions: the file, where it has been read. */
export type KnownDecisions = ReadonlyMap<string, ReadonlyMap<string, DecisionFile | undefined>>;

/** A decision of a parsed text; undefined where it has not its shape, of which validation tells. */
export function readDecisionFile(source: Source): DecisionFile | undefined {
  if (source.value === undefined) return undefined;
  const shaped = checkShape(DecisionFileSchema, source.value, { source, path: [] });
  return shaped.ok ? shaped.value : undefined;
}

/** The decisions of a project by name and version; those that have not their shape are left out. */
export function knownDecisions(sources: readonly Source[]): KnownDecisions {
  const files = sources.flatMap((source) => readDecisionFile(source) ?? []);
  const byName = Map.groupBy(files, ({ decision }) => decision);
  return new Map([...byName].map(([name, own]) => [name, new Map(own.map((file) => [file.version, file]))]));
}
