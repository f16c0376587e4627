import * as z from 'zod';
import { TrialDocumentSchema } from '#api/routes/trials.ts';
import { StepwrightError } from '#core/error.ts';
import { callApi, type Server } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';

/** What `stepwright decisions try` was called with. */
export interface TryArguments extends ServerArguments {
  /** The decision with the version that steps ask: `wave-policy@1.0.0`. */
  readonly reference: string;
  readonly canary?: string;
  readonly percent?: number;
  readonly by?: string;
  readonly shadow?: string;
  readonly end?: boolean;
}

type TrialDocument = z.output<typeof TrialDocumentSchema>;

/** `stepwright decisions try`: tries another version on live traffic, ends that, or tells what is tried. Throws SW3067. */
export async function tryCommand(args: TryArguments, terminal: Terminal): Promise<ExitCode> {
  const [name = '', version] = args.reference.split('@');
  const server = findServer(args, process.env);
  const target = targetOf(args);
  if (target === undefined && args.end !== true) return tell(name, await fetchTrials(server, name), terminal);
  if (version === undefined) throw unclear('name the version that steps ask, such as wave-policy@1.0.0');
  const path = ['decisions', name, 'trials', version];
  if (target === undefined) {
    await callApi(server, { method: 'DELETE', path, answer: z.object({}) });
    return tell(name, await fetchTrials(server, name), terminal);
  }
  const call = { method: 'PUT', path, body: target, answer: TrialDocumentSchema } as const;
  return tell(name, [(await callApi(server, call)).document], terminal);
}

function targetOf({ canary, percent, by, shadow, end }: TryArguments): TrialDocument['target'] | undefined {
  const asked = [canary !== undefined, shadow !== undefined, end === true].filter(Boolean).length;
  if (asked > 1) throw unclear('say one of --canary, --shadow and --end');
  if ((canary === undefined) !== (percent === undefined))
    throw unclear('--canary and --percent go together: --canary 1.1.0 --percent 10');
  if (by !== undefined && canary === undefined) throw unclear('--by goes with --canary');
  if (shadow !== undefined) return { shadow: { version: shadow } };
  if (canary === undefined || percent === undefined) return undefined;
  return { canary: { version: canary, percent, ...(by === undefined ? {} : { by }) } };
}

async function fetchTrials(server: Server, name: string): Promise<readonly TrialDocument[]> {
  const answer = z.object({ trials: z.array(TrialDocumentSchema) });
  const call = { method: 'GET', path: ['decisions', name, 'trials'], answer } as const;
  return (await callApi(server, call)).document.trials;
}

function tell(name: string, trials: readonly TrialDocument[], terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, { name, trials });
  else if (trials.length === 0) terminal.print(`no other version of ${name} is tried`);
  else for (const trial of trials) terminal.print(trialLine(name, trial));
  return 0;
}

function trialLine(name: string, { version, target }: TrialDocument): string {
  if ('shadow' in target) return `${name}@${version}: ${target.shadow.version} in the shadow`;
  const { canary } = target;
  const by = canary.by === undefined ? '' : ` by ${canary.by}`;
  return `${name}@${version}: ${canary.percent} % to ${canary.version}${by}`;
}

function unclear(hint: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3067',
    kind: 'invalid',
    message: 'what is to be tried is not clear',
    hint,
  });
}
