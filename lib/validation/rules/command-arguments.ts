import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import { type ArgumentFault, argumentFaults } from '../argument-faults.ts';
import type { CommandUse, Examination, Rule } from '../rule.ts';

/** Arguments fit the command, as far as they are written out. */
export const commandArguments: Rule = {
  command(use, examination) {
    const schema = examination.subject.catalogue?.get(use.name)?.parameters;
    if (schema === undefined) return;
    for (const fault of argumentFaults(schema, use.arguments)) tell(fault, { use, schema }, examination);
  },
};

function tell(
  fault: ArgumentFault,
  { use, schema }: { readonly use: CommandUse; readonly schema: JsonObject },
  { report }: Examination,
): void {
  const at: DocumentPath = [...use.path, 'with', ...fault.path];
  switch (fault.kind) {
    case 'missing':
      report.atKey(at, {
        code: 'SW1403',
        message: `"${use.name}" takes "${fault.name}", which is missing`,
      });
      break;
    case 'unknown': {
      const known = fault.path.length === 0 ? argumentsOf(schema) : [];
      report.atKey([...at, fault.name], {
        code: 'SW1404',
        message: `"${use.name}" takes no "${fault.name}"`,
        ...takes(known),
        ...didYouMean(fault.name, known),
      });
      break;
    }
    default:
      report.at(at, { code: 'SW1405', message: `${fault.path.at(-1) ?? 'with'} ${fault.message}` });
  }
}

function argumentsOf({ properties }: JsonObject): readonly string[] {
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

function takes(known: readonly string[]): { hint?: string } {
  return known.length === 0 ? {} : { hint: `it takes ${known.join(', ')}` };
}
