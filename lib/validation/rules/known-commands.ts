import { didYouMean } from '#definition/suggest.ts';
import type { Rule } from '../rule.ts';

/** Commands are in the catalogue. */
export const knownCommands: Rule = {
  command({ name, path }, { subject: { catalogue }, report }) {
    if (catalogue === undefined || catalogue.has(name)) return;
    report.at([...path, 'command'], {
      code: 'SW1401',
      message: `no command "${name}" is in the catalogue`,
      hint: didYouMean(name, catalogue.keys()).hint ?? `describe it in commands/${name}.yaml`,
    });
  },
};
