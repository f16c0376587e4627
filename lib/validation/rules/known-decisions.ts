import semver from 'semver';
import { isJsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { didYouMean } from '#definition/suggest.ts';
import { readExpression } from '#expression/delimiters.ts';
import { decidedBy } from '../decided-by.ts';
import { errorsAgainst } from '../json-schema.ts';
import type { Rule } from '../rule.ts';

/** Decisions that steps ask exist, in a version that is asked for, and get their inputs. */
export const knownDecisions: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    if (step.kind !== 'decide') return;
    const { decision: name, version: range } = step;
    const own = [...path, 'decide'];
    if (range !== undefined && semver.validRange(range) === null) {
      report.at([...own, 'version'], {
        code: 'SW1109',
        message: `"${range}" is no range of versions`,
        hint: 'write it like "^1.4", ">=2" or "1.x"',
      });
      return;
    }
    if (project.decisions === undefined) return;
    const versions = [...(project.decisions.get(name)?.keys() ?? [])];
    if (versions.length === 0) {
      report.at([...own, 'decision'], {
        code: 'SW1823',
        message: `there is no decision "${name}"`,
        ...didYouMean(name, project.decisions.keys()),
      });
    } else if (highestInRange(versions, range) === undefined) {
      report.at([...own, 'version'], {
        code: 'SW1823',
        message: `no version of the decision "${name}" is in the range ${range}`,
        hint: `there is ${versions.join(', ')}`,
      });
    }
    const file = decidedBy(step, project);
    if (file === undefined) return;
    for (const fault of inputFaults(step.input, file))
      report.at([...own, 'input', ...fault.path], { ...fault.finding, code: 'SW1825' });
  },
};

interface InputFault {
  readonly path: readonly string[];
  readonly finding: { readonly message: string; readonly hint?: string };
}

function inputFaults(
  given: Readonly<Record<string, unknown>>,
  { decision, inputs }: DecisionFile,
): InputFault[] {
  const missing = Object.entries(inputs)
    .filter(([name, schema]) => !Object.hasOwn(given, name) && schema['default'] === undefined)
    .map(
      ([name]): InputFault => ({
        path: [],
        finding: { message: `the decision "${decision}" takes "${name}"` },
      }),
    );
  const others = Object.keys(given)
    .filter((name) => !Object.hasOwn(inputs, name))
    .map((name): InputFault => {
      const message = `the decision "${decision}" has no input "${name}"`;
      return { path: [name], finding: { message, ...didYouMean(name, Object.keys(inputs)) } };
    });
  return [
    ...missing,
    ...others,
    ...Object.entries(given).flatMap(([name, value]) => unfit(name, value, inputs[name])),
  ];
}

function unfit(
  name: string,
  value: unknown,
  schema: DecisionFile['inputs'][string] | undefined,
): InputFault[] {
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || value === null;
  const isText = typeof value === 'string' && readExpression(value) === undefined;
  if (!isJsonObject(schema) || !(isPlain || isText)) return [];
  const [error] = errorsAgainst(schema, value);
  return error === undefined
    ? []
    : [{ path: [name], finding: { message: `this does not fit: it ${error.message}` } }];
}
