import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import { failedTests, projectDecisions } from '#decisions/project-decisions.ts';
import { loadProject } from '#definition/load.ts';
import { byPlace } from '#validation/by-place.ts';
import type { ReadProject } from '#validation/read-project.ts';
import { examineProject } from './examine-project.ts';
import { filesOf } from './load.ts';
import { formatDiagnostics, summarise } from './print-diagnostics.ts';
import type { ExitCode } from './print-fault.ts';
import { printJson, type Terminal } from './terminal.ts';

/** What `stepwright validate` was called with. */
export interface ValidateArguments {
  readonly paths: readonly string[];
  /** Whether Step Functions is asked, too. */
  readonly remote?: boolean;
  readonly endpointUrl?: string;
  readonly region?: string;
}

/** An emulator has any region. */
const EMULATED_REGION = 'us-east-1';

/** `stepwright validate`: tells all that is wrong, of all paths at once. */
export async function validateCommand(args: ValidateArguments, terminal: Terminal): Promise<ExitCode> {
  const projects = args.paths.map(loadProject);
  const examined = projects.map(examineProject);
  const found = [
    ...examined.flatMap(({ diagnostics }) => diagnostics),
    ...(await askedRemotely(examined, args)),
  ];
  for (const project of projects) found.push(...(await failedTests(projectDecisions(project), found)));
  const diagnostics = byPlace([...new Map(found.map((one) => [JSON.stringify(one), one])).values()]);
  const files = new Map(projects.flatMap(filesOf).map((source) => [source.file, source.text]));
  if (terminal.json) printJson(terminal, { diagnostics });
  else {
    const { paint, columns } = terminal;
    if (diagnostics.length > 0)
      terminal.print(`${formatDiagnostics(diagnostics, files, { paint, columns })}\n`);
    terminal.print(summarise(diagnostics, files.size));
  }
  return hasErrors(diagnostics) ? 2 : 0;
}

/** The AWS SDK is loaded only when it is asked. */
async function askedRemotely(
  examined: readonly ReadProject[],
  { remote = false, endpointUrl, region }: ValidateArguments,
): Promise<readonly Diagnostic[]> {
  if (!remote) return [];
  const [{ connectValidator }, { remoteDiagnostics }] = await Promise.all([
    import('#engine/step-functions-validation.ts'),
    import('./remote-diagnostics.ts'),
  ]);
  const named = region ?? process.env['AWS_REGION'];
  const validateMachine = connectValidator({
    endpointUrl,
    region: named ?? (endpointUrl === undefined ? undefined : EMULATED_REGION),
  });
  const found: Diagnostic[] = [];
  for (const read of examined) found.push(...(await remoteDiagnostics(read, validateMachine)));
  return found;
}
