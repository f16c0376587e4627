/**
 * `npm run bench:definitions`: how long `stepwright validate` takes over workflows of 1,000 steps, from text to the machine
 * held against what Step Functions demands, each with the parse of its YAML alone as the baseline. Prints a table, and
 * writes bench/results/definitions.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { compileWorkflow } from '#compiler/compile.ts';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { readCommand } from '#definition/command.ts';
import { NO_PROJECT, type Project } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { validateWorkflow } from '#validation/validate.ts';
import { COMMAND, SHAPES } from './big-workflows.ts';
import { type Distribution, distribution, round } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const STEPS = 1_000;
const TIMES = 10;
const WARM_UP = 5;

interface Measured {
  readonly shape: string;
  readonly yamlMs: Distribution;
  /** From text to a workflow without a finding. */
  readonly checkMs: Distribution;
  readonly compileMs: Distribution;
  /** The machine, against the rules of Step Functions. */
  readonly machineMs: Distribution;
  /** All but the first. */
  readonly wholeMs: Distribution;
}

/** The same one-command catalogue for every shape. */
const project: Project = { ...NO_PROJECT, catalogue: catalogueOf(COMMAND) };

function catalogueOf(text: string): Project['catalogue'] {
  const { command } = readCommand(Source.parse('read.yaml', text));
  if (command === undefined) throw new Error('the command of the benchmark has not its shape');
  return new Map([[command.name, command]]);
}

function validated(text: string): ReturnType<typeof validateWorkflow> {
  return validateWorkflow(Source.parse('big.yaml', text), project);
}

/** Milliseconds of each part, for one text. */
function partsOf(shape: string, text: string): readonly number[] {
  const times = [performance.now()];
  const lap = <Result>(result: Result): Result => {
    times.push(performance.now());
    return result;
  };
  lap(parseDocument(text).toJS());
  const { workflow, diagnostics } = lap(validated(text));
  if (workflow === undefined || diagnostics.length > 0) {
    throw new Error(`${shape}: ${diagnostics[0]?.message ?? 'no workflow'}`);
  }
  const { definition } = lap(compileWorkflow(workflow));
  lap(checkMachine(definition));
  const parts = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return [...parts, parts.slice(1).reduce((sum, part) => sum + part, 0)];
}

/** Each round has ids and expressions of its own: what is kept of one text would not be there for another. */
function measure(shape: string, text: string): Measured {
  const rounds = Array.from({ length: WARM_UP + TIMES }, (_, round) =>
    partsOf(shape, text.replaceAll(/\b([csvw])(\d+)\b/g, `$1${round}_$2`)),
  ).slice(WARM_UP);
  const [yamlMs, checkMs, compileMs, machineMs, wholeMs] = [0, 1, 2, 3, 4].map((part) =>
    distribution(rounds.map((parts) => parts[part] ?? 0)),
  );
  if (!yamlMs || !checkMs || !compileMs || !machineMs || !wholeMs) throw new Error('a part was not measured');
  return { shape, yamlMs, checkMs, compileMs, machineMs, wholeMs };
}

const measured: Measured[] = [];
for (const [shape, textOf] of Object.entries(SHAPES)) measured.push(measure(shape, textOf(STEPS)));

const report = { date: new Date().toISOString(), machine: thisMachine(), steps: STEPS, measured };
writeFileSync(
  join(import.meta.dirname, 'results/definitions.json'),
  `${JSON.stringify(report, undefined, 2)}\n`,
);

const row = (...cells: readonly string[]): string =>
  cells
    .map((cell) => cell.padEnd(16))
    .join('')
    .trimEnd();
const cells = measured.map(({ shape, yamlMs, checkMs, compileMs, machineMs, wholeMs }) =>
  row(
    shape,
    `${yamlMs.mean} ms`,
    ...[checkMs, compileMs, machineMs].map(({ mean }) => `${mean} ms`),
    `${wholeMs.mean} ms (${round(wholeMs.mean / yamlMs.mean)}x)`,
  ),
);
console.log(
  [
    machineLine(report.machine, report.date),
    '',
    row(`${STEPS} steps`, 'YAML alone', 'checked', 'compiled', 'machine', 'all but the first'),
    ...cells,
    row('target', '', '', '', '', '< 200 ms'),
  ].join('\n'),
);
