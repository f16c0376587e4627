import { ProfileDocumentSchema } from '#api/profile-documents.ts';
import { callApi } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { writeWhole } from '../write-whole.ts';
import { chromeTrace } from './chrome-trace.ts';
import { profileLines } from './print-profile.ts';
import { profileSvg } from './profile-svg.ts';

/** What `stepwright profile` was called with. */
export interface ProfileArguments extends ServerArguments {
  readonly execution: string;
  /** File for a Gantt chart. */
  readonly svg?: string;
  /** File for a trace that chrome://tracing and Perfetto read. */
  readonly trace?: string;
  /** File for the measured times, as `stepwright plan --profile` takes them. */
  readonly times?: string;
}

/** `stepwright profile`: what an execution has spent its time on, and what the whole waited for. */
export async function profileCommand(args: ProfileArguments, terminal: Terminal): Promise<ExitCode> {
  const path = ['executions', args.execution, 'profile'];
  const call = { method: 'GET', path, answer: ProfileDocumentSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  const files = [
    [args.svg, () => profileSvg(document)],
    [args.trace, () => JSON.stringify(chromeTrace(document))],
    [args.times, () => JSON.stringify(document.measured, undefined, 2)],
  ] as const;
  for (const [file, text] of files) {
    if (file === undefined) continue;
    writeWhole(file, `${text()}\n`);
    terminal.note(`wrote ${file}`);
  }
  if (terminal.json) printJson(terminal, document);
  else for (const line of profileLines(document, terminal)) terminal.print(line);
  return 0;
}
