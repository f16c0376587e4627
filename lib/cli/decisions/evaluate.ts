import { existsSync } from 'node:fs';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { decide } from '#decisions/decision.ts';
import { refusalOf } from '#decisions/fault.ts';
import { projectDecisions } from '#decisions/project-decisions.ts';
import { loadProject } from '#definition/load.ts';
import { examineProject } from '../examine-project.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { evaluateDecision } from './decision-calls.ts';
import { traceLines } from './print-trace.ts';

/** What `stepwright decisions evaluate` was called with. */
export interface EvaluateArguments extends ServerArguments {
  /** A decision file, or the name of a published decision with a version or a range behind an `@`. */
  readonly reference: string;
  readonly input?: string;
  /** Whether it is told of each rule that does not hold why. */
  readonly trace?: boolean;
}

/** `stepwright decisions evaluate`: prints what is decided, and why. Throws SW4019 when nothing can be decided. */
export async function evaluateCommand(args: EvaluateArguments, terminal: Terminal): Promise<ExitCode> {
  const input = await readInput(args.input);
  const answer = existsSync(args.reference)
    ? await evaluateFile(args, input, terminal)
    : await evaluatePublished(args, input);
  if (terminal.json) printJson(terminal, answer);
  else {
    terminal.print(JSON.stringify(answer.output, null, 2));
    for (const line of traceLines(answer.trace, terminal)) terminal.note(line);
  }
  return 0;
}

async function evaluatePublished(args: EvaluateArguments, input: Json) {
  if (/\.(?:ya?ml|json)$|[/\\]/.test(args.reference)) loadProject(args.reference);
  const [name = '', version = 'latest'] = args.reference.split('@');
  return evaluateDecision(findServer(args, process.env), name, {
    input,
    version,
    trace: args.trace === true,
  });
}

async function evaluateFile(
  { reference, trace = false }: EvaluateArguments,
  input: Json,
  terminal: Terminal,
) {
  const files = loadProject(reference);
  refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
  const { library, decisions } = projectDecisions(files);
  const asked = files.documents.find(({ kind }) => kind === 'decision')?.source;
  const found = decisions.find(({ source }) => source === asked);
  if (found === undefined || files.documents.length > 1) throw noDecision(reference);
  const { decision, version } = found.file;
  try {
    const answer = await decide(library.compile(found), input, { tellAll: trace });
    return { decision, version, ...answer };
  } catch (error) {
    throw refusalOf(error);
  }
}

function noDecision(path: string): StepwrightError {
  return new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${path} is no decision file`,
    hint: 'name one file of decisions/, or a decision that is published',
  });
}
