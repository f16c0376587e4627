import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject } from '#core/json.ts';
import { type Catalogue, type CommandDefinition, readCommand } from '#definition/command.ts';
import type { Source } from '#definition/source.ts';
import { Report } from './report.ts';
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
  for (const source of sources) {
    const { command, diagnostics: found } = readCommand(source);
    const entry = command ?? untyped(source);
    diagnostics.push(...found);
    if (entry === undefined) continue;
    diagnostics.push(...faultsOf(source, entry, files.get(entry.name)));
    catalogue.set(entry.name, catalogue.get(entry.name) ?? entry);
    files.set(entry.name, files.get(entry.name) ?? source.file);
  }
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
