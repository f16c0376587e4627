import { isJsonObject, type Json } from '#core/json.ts';
import type { Rule } from '../rule.ts';

const TYPES = ['Task', 'Parallel', 'Map', 'Pass', 'Wait'];

/** Fields of a state that the step around it writes, each with what to write there instead. */
const WRITTEN: Readonly<Record<string, string>> = {
  Next: 'the step after it comes next',
  End: 'the list of steps says where it ends',
  Retry: 'write `retry` on the step',
  Catch: 'write `catch` on the step',
  Assign: 'the output of the step is $<id>',
  Output: 'write `output` on the step',
  Comment: 'write `name` on the step',
  TimeoutSeconds: 'write `timeout` on the step',
};

/** Fields of the other query language, JSONPath, which a machine in JSONata does not take. */
const JSON_PATH = /^(?:InputPath|OutputPath|ResultPath|ResultSelector|Parameters|ItemsPath|\w+\.\$)$/;

/** A raw state is one that can stand where a step does. */
export const rawStates: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'asl') return;
    const { Type: type } = step.state;
    if (typeof type !== 'string' || !TYPES.includes(type)) {
      report.at([...path, 'asl', 'Type'], {
        code: 'SW1111',
        message: `a raw state has no type ${type === undefined ? '' : `${JSON.stringify(type)} `}here`,
        hint: `it is one of ${TYPES.join(', ')}; for Choice write \`choose\`, for Succeed and Fail \`succeed\` and \`fail\``,
      });
    }
    for (const field of Object.keys(step.state)) {
      const hint = WRITTEN[field] ?? (JSON_PATH.test(field) ? 'write it in JSONata: Arguments' : undefined);
      if (hint === undefined) continue;
      report.atKey([...path, 'asl', field], {
        code: 'SW1111',
        message: `a raw state has no field "${field}" here`,
        hint,
      });
    }
    if (hasJsonPath(step.state)) {
      report.at([...path, 'asl'], {
        code: 'SW1111',
        message: 'states inside a raw state are in JSONata, too',
        hint: 'QueryLanguage JSONPath is not allowed inside of a machine in JSONata',
      });
    }
  },
};

function hasJsonPath(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasJsonPath);
  if (!isJsonObject(value)) return false;
  return value['QueryLanguage'] === 'JSONPath' || Object.values(value).some(hasJsonPath);
}
