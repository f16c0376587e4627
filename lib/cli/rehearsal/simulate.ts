import { setImmediate } from 'node:timers/promises';
import { type Rehearsal, type Rehearsed, rehearse } from '#rehearsal/rehearse.ts';
import { Summariser } from '#rehearsal/summary.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { createBar } from './bar.ts';
import { printSimulation } from './print-simulation.ts';
import { printTrace } from './print-trace.ts';
import { loadScenario, type ScenarioArguments } from './scenario.ts';

/** What `stepwright simulate` was called with. */
export interface SimulateArguments extends ScenarioArguments {
  readonly runs: number;
  readonly seed: number;
  readonly trace?: boolean;
}

/**
 * `stepwright simulate`: runs a workflow many times in virtual time, and tells what came of it. Exit code 1 when a promise of
 * Stepwright did not hold; how the workflow itself ends is what was asked, and no failure.
 */
export async function simulateCommand(args: SimulateArguments, terminal: Terminal): Promise<ExitCode> {
  const { runs, seed } = args;
  const rehearsed = await loadScenario(args, terminal);
  const began = performance.now();
  const summariser = new Summariser();
  const bar = await createBar(terminal, runs, 'runs');
  for (let done = 0; done < runs; done++) {
    summariser.add(await oneRun(rehearsed, { seed: seed + done, trace: args.trace === true }, terminal));
    bar.update(done + 1);
    // Whoever presses Ctrl-C is heard.
    if (done % 16 === 0) await setImmediate();
  }
  bar.finish();
  const summary = summariser.summary();
  const seconds = (performance.now() - began) / 1_000;
  const [{ name, version }] = rehearsed.workflows;
  const about = {
    workflow: name,
    version,
    seed,
    mix: args.faults,
    devices: rehearsed.fleet.devices.length,
  };
  if (terminal.json) printJson(terminal, { ...about, ...summary });
  else printSimulation({ ...about, ...summary, seconds, command: replayOf(args) }, terminal);
  return summary.violations.length === 0 ? 0 : 1;
}

async function oneRun(
  rehearsed: Rehearsed,
  { seed, trace }: { readonly seed: number; readonly trace: boolean },
  terminal: Terminal,
): Promise<Rehearsal> {
  if (!trace) return rehearse(rehearsed, seed);
  const print = terminal.json ? terminal.note : terminal.print;
  print(`seed ${seed}`);
  const run = await rehearse(rehearsed, seed, (note) => printTrace(note, { ...terminal, print }));
  print('');
  return run;
}

/** The command that shows one run, without its seed. */
function replayOf({ file, fleet, input, faults }: SimulateArguments): string {
  const options = [
    ...(fleet === undefined ? [] : ['--fleet', fleet]),
    ...(input === undefined ? [] : ['--input', `'${input}'`]),
    ...['--faults', faults],
  ];
  return ['stepwright simulate', file, ...options, '--runs 1 --trace'].join(' ');
}
