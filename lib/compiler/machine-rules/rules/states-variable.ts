import type { MachineRule } from '../machine-rule.ts';
import type { TextSite } from '../sites.ts';

const WITH_RESULT = ['Task', 'Parallel', 'Map'];
const FIELDS = ['input', 'result', 'errorOutput', 'context'];

/**
 * Of `$states`, an expression reads what there is at its place, and it reads no context: States Language gives it none.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#reserved-variable-states
 */
export const statesVariable: MachineRule = {
  text(site, { tell }) {
    if (site.reading.kind !== 'expression') return;
    const { names, text } = site.reading;
    for (const message of [
      ...names.variables.flatMap((variable) => misread(variable, site)),
      ...contextReads(names, text),
    ])
      tell({ code: 'SW1716', path: site.path, message });
  },
};

function misread(
  { name, fields }: { name: string; fields: readonly string[] },
  { state, part, field }: TextSite,
): string[] {
  const [read] = fields;
  if (name !== 'states' || read === undefined) return [];
  if (!FIELDS.includes(read)) return [`$states has no field "${read}": it has ${FIELDS.join(', ')}`];
  const isResult = ['Assign', 'Output'].includes(field);
  if (read === 'result' && !(isResult && part.kind === 'state' && WITH_RESULT.includes(state.type)))
    return ['$states.result is there in Assign and Output of a Task, Parallel or Map alone'];
  if (read === 'errorOutput' && !(isResult && part.kind === 'catcher'))
    return ['$states.errorOutput is there in Assign and Output of a catcher alone'];
  return [];
}

function contextReads(
  { contextFields }: { contextFields: readonly { name: string }[] },
  text: string,
): string[] {
  const root = /\$\$/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')) ? ['$$'] : [];
  return [...contextFields.map(({ name }) => name), ...root].map(
    (name) => `an expression has no context of its own to read "${name}" from: the input is $states.input`,
  );
}
