import type { Catalogue } from '#definition/command.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';

/** Commands are in the catalogue. */
export const knownCommands: Rule = {
  command({ name, path }, { subject: { catalogue }, report }) {
    if (catalogue === undefined || catalogue.has(name)) return;
    report.at([...path, 'command'], unknownCommand(name, catalogue));
  },
};

/** SW1401. */
export function unknownCommand(name: string, catalogue: NonNullable<Catalogue>): Violation {
  return {
    code: 'SW1401',
    message: `no command "${name}" is in the catalogue`,
    hint: didYouMean(name, catalogue.keys()).hint ?? `describe it in commands/${name}.yaml`,
  };
}
