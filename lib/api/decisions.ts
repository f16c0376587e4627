import type { Diagnostic } from '#core/diagnostic.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { isJsonObject } from '#core/json.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { Source } from '#definition/source.ts';
import { type DecisionVersion, publishDecision } from '#executions/decision-store.ts';
import type { VersionStorePorts } from '#executions/version-store.ts';
import { publishedVersions } from '#executions/workflow-latest.ts';
import { decisionKeys } from '#table/keys.ts';
import { checkDocuments } from '#validation/documents/documents.ts';
import { InvalidDefinition } from './problem.ts';

/** Validates and publishes the text of a decision; it goes by what is published. Throws {@link InvalidDefinition}, SW4021, SW4022. */
export async function publishDecisionText(
  ports: VersionStorePorts,
  text: string,
  name?: string,
): Promise<{ readonly version: DecisionVersion; readonly isNew: boolean }> {
  return publishDecisionSource(ports, Source.parse('body', text), name);
}

/** The same for a text that is parsed. Where a name is given, the decision has to have it. */
export async function publishDecisionSource(
  ports: VersionStorePorts,
  source: Source,
  name?: string,
): Promise<{ readonly version: DecisionVersion; readonly isNew: boolean }> {
  const found = [...checkDocuments([{ kind: 'decision', source }]), ...misplaced(source, name)];
  const file = readDecisionFile(source);
  if (file === undefined || hasErrors(found)) throw new InvalidDefinition(found, 'decision');
  const uses: Record<string, string> = {};
  for (const [as, { decision, version }] of Object.entries(file.decisions ?? {})) {
    const versions = (await publishedVersions(ports.table, decision, decisionKeys)).map((one) => one.version);
    const pinned = highestInRange(versions, version);
    if (pinned !== undefined) uses[as] = pinned;
    else
      found.push(
        source.diagnose(['decisions', as, 'decision'], {
          code: 'SW1823',
          message: `no decision "${decision}"${version === undefined ? '' : ` in the range ${version}`} is published`,
          hint: 'publish it before this one',
        }),
      );
  }
  if (hasErrors(found)) throw new InvalidDefinition(found, 'decision');
  return publishDecision(ports, { source, file, uses });
}

/** Files beside the decision are not sent with it; and it is published under its own name. */
function misplaced(source: Source, name: string | undefined): readonly Diagnostic[] {
  const { value } = source;
  if (!isJsonObject(value)) return [];
  const data = isJsonObject(value['data']) ? value['data'] : {};
  const files = Object.entries(data).filter(
    ([, reference]) => isJsonObject(reference) && 'file' in reference,
  );
  const diagnostics = files.map(([key]) =>
    source.diagnose(['data', key, 'file'], {
      code: 'SW1821',
      message: 'the server has no files of reference data',
      hint: 'give the `values` themselves, as "stepwright decisions publish" does',
    }),
  );
  if (name === undefined || value['decision'] === name) return diagnostics;
  const message = `this is the decision "${String(value['decision'])}", and was sent as "${name}"`;
  return [
    ...diagnostics,
    source.diagnose(['decision'], { code: 'SW1823', message, hint: 'send it under its own name' }),
  ];
}
