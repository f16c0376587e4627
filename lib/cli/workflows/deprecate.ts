import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { readExactReference } from './reference.ts';
import { putDeprecation } from './workflow-calls.ts';

/** What `stepwright workflows deprecate` and `undeprecate` were called with. */
export interface DeprecateArguments extends ServerArguments {
  /** Such as `tour@1.0.0`. */
  readonly reference: string;
  /** Why; undefined takes back what was said. */
  readonly reason: string | undefined;
}

/** `stepwright workflows deprecate`: says that no more executions are to be started of a version, or takes that back. */
export async function deprecateCommand(args: DeprecateArguments, terminal: Terminal): Promise<ExitCode> {
  const { name, version } = readExactReference(args.reference);
  const changed = await putDeprecation(findServer(args, process.env), { name, version }, args.reason);
  if (terminal.json) printJson(terminal, { name, ...changed });
  else if (changed.deprecated === undefined) terminal.print(`${name} ${version} is not deprecated any more`);
  else terminal.print(hanging(`${name} ${version} is deprecated: `, changed.deprecated, terminal.columns));
  return 0;
}
