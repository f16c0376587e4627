import { formatDuration } from '#core/duration.ts';
import type { Counted, Outcome, Quantiles, Summary } from '#rehearsal/summary.ts';
import { type Column, tableLines } from '../print-table.ts';
import { markOf } from '../step-marks.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging } from '../text-layout.ts';

/** What is printed of a simulation. */
export interface PrintedSimulation extends Summary {
  readonly workflow: string;
  readonly version: string;
  readonly seed: number;
  readonly mix: string;
  readonly devices: number;
  /** How long it took in real time. */
  readonly seconds: number;
  /** The command that shows one run, without its seed. */
  readonly command: string;
}

/** Most rows of a list that are shown. */
const MOST_ROWS = 10;

/** Prints what came of many runs. */
export function printSimulation(simulation: PrintedSimulation, terminal: Terminal): void {
  const { workflow, version, seed, runs, mix, devices, seconds } = simulation;
  const { print, paint, columns } = terminal;
  const seeds = runs === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + runs - 1}`;
  print(`${paint.bold(`${workflow} ${version}`)}, ${count(runs, 'run')} on ${count(devices, 'device')}`);
  print(
    paint.dim(`${seeds}, faults ${mix}, ${seconds.toFixed(1)} s (${Math.round(runs / seconds)} runs/s)\n`),
  );
  const style = { columns, paintTitle: paint.bold };
  for (const line of tableLines(simulation.outcomes, outcomeColumns(terminal), style)) print(line);
  print('');
  const figures = [
    { name: 'duration', ...words(simulation.durationMs, formatDuration) },
    { name: 'blast radius', ...words(simulation.blastRadius, (devicesAtOnce) => `${devicesAtOnce}`) },
  ];
  for (const line of tableLines(figures, FIGURES, style)) print(line);
  print('');
  printPromises(simulation, terminal);
  printCounted('Steps that failed', simulation.failedSteps, terminal);
  printCounted('Devices that may have kept what was to be undone', simulation.leftBehind, terminal);
  printCounted('Promises that did not hold', simulation.violations, terminal);
  printFaults(simulation, terminal);
  const odd = simulation.outcomes.find(({ status }) => status !== 'SUCCEEDED');
  if (odd !== undefined && runs > 1)
    print(hanging('replay: ', `${simulation.command} --seed ${odd.seed}`, columns));
}

function outcomeColumns({ paint }: Terminal): Column<Outcome>[] {
  return [
    {
      title: 'OUTCOME',
      text: ({ status }) => `${markOf(status, paint).sign} ${status}`,
      paint: (cell, { status }) => markOf(status, paint).paint(cell),
    },
    { title: '  RUNS', text: ({ runs }) => `${runs}`.padStart(6) },
    { title: '  SHARE', text: ({ share }) => `${(share * 100).toFixed(1)} %`.padStart(7) },
    { title: 'SEED', text: ({ seed, status }) => (status === 'SUCCEEDED' ? '' : `${seed}`) },
    { title: 'REASON', text: ({ reason = '' }) => reason },
  ];
}

interface Figure {
  readonly name: string;
  readonly p50: string;
  readonly p95: string;
  readonly max: string;
}

const FIGURES: Column<Figure>[] = [
  { title: '', text: ({ name }) => name },
  { title: 'P50', text: ({ p50 }) => p50 },
  { title: 'P95', text: ({ p95 }) => p95 },
  { title: 'MOST', text: ({ max }) => max },
];

function words({ p50, p95, max }: Quantiles, word: (figure: number) => string): Omit<Figure, 'name'> {
  return { p50: word(p50), p95: word(p95), max: word(max) };
}

const PROMISE_WORDS: Readonly<Record<keyof Summary['promises'], string>> = {
  'executed twice': 'commands carried out twice',
  'lease leaked': 'leases leaked',
  'undo missed': 'undos missed',
  'never ended': 'runs that never ended',
  defect: 'defects',
};

function printPromises({ promises }: PrintedSimulation, { print, paint }: Terminal): void {
  for (const [promise, times] of Object.entries(promises)) {
    const isKept = times === 0;
    const word = Object.entries(PROMISE_WORDS).find(([name]) => name === promise)?.[1] ?? promise;
    print(`${isKept ? paint.green('✔') : paint.red('✖')} ${times} ${word}`);
  }
  print('');
}

function printCounted(title: string, counted: readonly Counted[], { print, paint, columns }: Terminal): void {
  if (counted.length === 0) return;
  print(paint.bold(title));
  for (const { what, runs, seed } of counted.slice(0, MOST_ROWS)) {
    print(hanging('  ', `${what} (${count(runs, 'run')}, seed ${seed})`, columns));
  }
  if (counted.length > MOST_ROWS) print(paint.dim(`  … ${counted.length - MOST_ROWS} more`));
  print('');
}

function printFaults({ faults }: PrintedSimulation, { print, paint, columns }: Terminal): void {
  const found = Object.entries(faults);
  if (found.length === 0) return;
  const list = found.map(([fault, times]) => `${fault} ${times}`).join(', ');
  print(`${paint.dim(hanging('what went wrong: ', list, columns))}\n`);
}
