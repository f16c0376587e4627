import { basename } from 'node:path';
import { systemClock } from '#core/clock.ts';
import { loadSource } from '#definition/load.ts';
import { machineServices } from '#embedded/machine-services.ts';
import { type MachineEnd, startMachine } from '#embedded/run-machine.ts';
import type { MockedStates } from '#engine/embedded/mocks.ts';
import { callSettings } from '../call-settings.ts';
import type { ExitCode } from '../print-fault.ts';
import { createProgressReporter } from '../progress-reporter.ts';
import { readInput } from '../read-input.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { EventProgress } from './event-progress.ts';
import { readMachine } from './read-machine.ts';
import { chosenMocks, type MockChoice, mockDiagnostics } from './read-mocks.ts';

/** What `stepwright asl` was called with. */
export interface AslArguments extends MockChoice {
  readonly file: string;
  readonly input?: string;
  /** A mock file of Step Functions Local. */
  readonly mocks?: string;
  readonly clock: 'real' | 'virtual';
  /** Whether tasks that are not mocked may call AWS with the credentials of this process. */
  readonly aws?: boolean;
  /** Whether the events are part of what is printed. */
  readonly history?: boolean;
}

/** `stepwright asl`: runs a state machine as it is, to its end, and prints how it ended as JSON. */
export async function aslCommand(args: AslArguments, terminal: Terminal): Promise<ExitCode> {
  const source = loadSource(args.file);
  const { definition, diagnostics } = readMachine(source);
  refuseErrors(diagnostics, [source], terminal);
  if (definition === undefined) return 2;
  const mocks = loadMocks(args, terminal);
  const input = await readInput(args.input);
  const name = machineName(args.file);
  const progress = new EventProgress(name);
  let changed = (): void => {};
  const running = await startMachine({
    ...{ name, definition, input, mocks, time: args.clock },
    services: machineServices({
      clock: systemClock,
      allowedHosts: callSettings(process.env).allowedHosts,
      aws: args.aws === true ? process.env : undefined,
    }),
    onEvent: (event) => {
      progress.add(event);
      changed();
    },
  });
  const reporter = await createProgressReporter(terminal, running.clock);
  changed = () => reporter.update(progress.progress);
  changed();
  const end = await Promise.race([running.ended, untilInterrupted().then(() => undefined)]);
  reporter.finish();
  running.close();
  if (end === undefined) {
    terminal.note('interrupted');
    return 1;
  }
  printJson(terminal, endDocument(end, args.history === true));
  return end.description.status === 'SUCCEEDED' ? 0 : 1;
}

function loadMocks({ mocks, ...choice }: AslArguments, terminal: Terminal): MockedStates {
  if (mocks === undefined) return {};
  const source = loadSource(mocks);
  refuseErrors(mockDiagnostics(source), [source], terminal);
  return chosenMocks(source, choice);
}

/** A name as Step Functions takes it, from the name of the file. */
function machineName(file: string): string {
  const name = basename(file)
    .replace(/(?:\.asl)?\.\w+$/, '')
    .replace(/[^\w-]+/g, '-');
  return name.slice(0, 80) || 'machine';
}

/** The document that is printed. What there is none of, such as the output of a failure, is left out. */
function endDocument({ description, history }: MachineEnd, withHistory: boolean): unknown {
  const { status, output, error, cause } = description;
  return { status, output, error, cause, ...(withHistory ? { history } : {}) };
}
