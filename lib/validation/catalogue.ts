import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject } from '#core/json.ts';
import { type Catalogue, type CommandDefinition, readCommand } from '#definition/command.ts';
import type { Source } from '#definition/source.ts';
import { checkExpressions } from './documents/expressions.ts';
import { Report } from './report.ts';
import { unknownCommand } from './rules/known-commands.ts';
import { reportSchemaFaults } from './schema-faults.ts';

/** Reads and checks the catalogue of a project. Commands that have not their shape are in it all the same, untyped. */
export function readCatalogue(sources: readonly Source[] | undefined): {
  readonly catalogue: Catalogue;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (sources === undefined) return { catalogue: undefined, diagnostics: [] };
  const catalogue = new Map<string, CommandDefinition>();
  const files = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const read: (readonly [Source, CommandDefinition])[] = [];
  for (const source of sources) {
    const { command, diagnostics: found } = readCommand(source);
    const entry = command ?? untyped(source);
    diagnostics.push(...found);
    if (entry === undefined) continue;
    read.push([source, entry]);
    diagnostics.push(...faultsOf(source, entry, files.get(entry.name)));
    catalogue.set(entry.name, catalogue.get(entry.name) ?? entry);
    files.set(entry.name, files.get(entry.name) ?? source.file);
  }
  diagnostics.push(...read.flatMap(([source, entry]) => unknownAskers(source, entry, catalogue)));
  return { catalogue, diagnostics };
}

function faultsOf(
  source: Source,
  command: CommandDefinition,
  first: string | undefined,
): readonly Diagnostic[] {
  const report = new Report(source);
  if (first !== undefined) {
    report.at(['command'], {
      code: 'SW1406',
      message: `the command "${command.name}" is in ${first} already`,
      hint: 'take one of the two away, or rename it',
    });
  }
  if (command.parameters !== undefined) reportSchemaFaults(command.parameters, ['parameters'], report);
  if (command.result !== undefined) reportSchemaFaults(command.result, ['result'], report);
  for (const part of ['expect', 'with'] as const) {
    const names = part === 'expect' ? VERIFICATION_NAMES : COMPENSATION_NAMES;
    checkExpressions(command.verify?.[part], ['verify', part], { names, report });
  }
  return report.diagnostics;
}

/** What the expressions of a command's `verify` read: in every workflow, there is no more than that. */
const COMPENSATION_NAMES = { target: undefined, with: undefined };
const VERIFICATION_NAMES = { ...COMPENSATION_NAMES, result: undefined };

/** Commands that ask about others are in the catalogue as well. */
function unknownAskers(
  source: Source,
  { verify }: CommandDefinition,
  catalogue: Catalogue,
): readonly Diagnostic[] {
  const asker = verify?.command;
  if (asker === undefined || catalogue === undefined || catalogue.has(asker)) return [];
  const report = new Report(source);
  report.at(['verify', 'command'], unknownCommand(asker, catalogue));
  return report.diagnostics;
}

function untyped({ value }: Source): CommandDefinition | undefined {
  const name = isJsonObject(value) ? value['command'] : undefined;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    description: undefined,
    parameters: undefined,
    result: undefined,
    timeoutMs: undefined,
    idempotent: false,
    effect: 'none',
  };
}
