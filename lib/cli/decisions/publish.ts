import { StepwrightError } from '#core/error.ts';
import { type SourcedDecision, selfContained } from '#decisions/sourced-decision.ts';
import { loadProject } from '#definition/load.ts';
import { examineProject } from '../examine-project.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { putDecision } from './decision-calls.ts';

/** What `stepwright decisions publish` was called with. */
export interface PublishDecisionsArguments extends ServerArguments {
  /** Decision files, and folders of projects. */
  readonly paths: readonly string[];
}

/**
 * `stepwright decisions publish`: publishes decisions, those that others go by before them. Nothing is published when one of
 * them has errors. Throws SW1007 for a path without a decision.
 */
export async function publishDecisionsCommand(
  args: PublishDecisionsArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const decisions = args.paths.flatMap((path) => loadAsked(path, terminal));
  const server = findServer(args, process.env);
  const published: Awaited<ReturnType<typeof putDecision>>[] = [];
  for (const decision of new Set(decisions)) {
    const publication = await putDecision(server, decision.file.decision, selfContained(decision).text);
    published.push(publication);
    const { name, version, isNew } = publication;
    if (!terminal.json)
      terminal.print(isNew ? `published ${name} ${version}` : `${name} ${version} is published already`);
  }
  if (terminal.json) printJson(terminal, { published });
  return 0;
}

/** The decisions of a path, each after those that it goes by. */
function loadAsked(path: string, terminal: Terminal): readonly SourcedDecision[] {
  const files = loadProject(path);
  const { decisions, diagnostics } = examineProject(files);
  refuseErrors(diagnostics, filesOf(files), terminal);
  const asked = files.documents.filter(({ kind }) => kind === 'decision').map(({ source }) => source);
  const found = decisions.filter(({ source }) => asked.includes(source));
  if (found.length > 0) return found;
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `there is no decision in ${path}`,
    hint: 'name decision files, or folders of projects',
  });
}
