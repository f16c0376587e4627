import semver from 'semver';
import { StepwrightError } from '#core/error.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';
import { trialKeys } from '#table/log-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { DECISIONS, getDecision } from './decision-store.ts';
import { forgetTrials, type Trial, type TrialPorts, TrialSchema, type TrialTarget } from './trial.ts';

/**
 * Begins to try another version beside the one that steps ask, or tries it otherwise. Other processes go by it within ten seconds.
 * Throws SW4029 for an unknown version, SW4018 for one that cannot stand in for the other.
 */
export async function setTrial(
  { table, clock }: TrialPorts,
  decision: string,
  { version, target }: Pick<Trial, 'version' | 'target'>,
): Promise<Trial> {
  const other = 'shadow' in target ? target.shadow.version : target.canary.version;
  for (const each of [version, other]) if (semver.valid(each) === null) throw noVersion(each);
  const [base, tried] = await Promise.all([
    getDecision(table, decision, version),
    getDecision(table, decision, other),
  ]);
  const fault = version === other ? 'both are the same version' : misfitOf(base.file, tried.file);
  if (fault !== undefined) throw misfit(decision, other, fault);
  refuseNoExpression(target);
  const trial: Trial = { version, target, changedAt: clock.now() };
  await table.put({ ...trialKeys.trial(decision, version), ...trial });
  forgetTrials(table);
  return trial;
}

/** Ends a trial; without effect where there is none. */
export async function endTrial(table: Table, decision: string, version: string): Promise<void> {
  await table.delete(trialKeys.trial(decision, version));
  forgetTrials(table);
}

/** The trials of a decision, by the versions that steps ask. Throws SW4029. */
export async function listTrials(table: Table, decision: string): Promise<readonly Trial[]> {
  await DECISIONS.summary(table, decision);
  const query = { partition: trialKeys.partition(decision), prefix: trialKeys.prefix };
  return (await Array.fromAsync(queryAll(table, query))).map((item) => TrialSchema.parse(item));
}

/** Why a version cannot be asked what another is asked; undefined where it can. */
function misfitOf(base: DecisionFile, tried: DecisionFile): string | undefined {
  const unknown = Object.keys(base.inputs).find((name) => !Object.hasOwn(tried.inputs, name));
  if (unknown !== undefined) return `it has no input "${unknown}"`;
  const missing = Object.entries(tried.inputs).find(
    ([name, schema]) => !Object.hasOwn(base.inputs, name) && schema['default'] === undefined,
  );
  if (missing !== undefined) return `nobody gives it the input "${missing[0]}", which has no default`;
  const lost = Object.keys(base.outputs).find((name) => !Object.hasOwn(tried.outputs, name));
  return lost === undefined ? undefined : `it has no output "${lost}"`;
}

function refuseNoExpression(target: TrialTarget): void {
  if (!('canary' in target) || target.canary.by === undefined) return;
  const { by } = target.canary;
  try {
    parseExpression(readExpression(by)?.text ?? by);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    throw refused(
      `\`by\` is no expression: ${error.message}`,
      'write an expression over $input, such as $input.site',
    );
  }
}

function misfit(decision: string, version: string, fault: string): StepwrightError {
  return refused(
    `${decision} ${version} cannot be tried: ${fault}`,
    'try a version that takes the same inputs and gives the same outputs',
  );
}

function noVersion(version: string): StepwrightError {
  return refused(`"${version}" is no version`, 'name whole versions, such as 1.2.0: trials know no ranges');
}

function refused(message: string, hint: string): StepwrightError {
  return new StepwrightError({ code: 'SW4018', kind: 'invalid', message, hint });
}
