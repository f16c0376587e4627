/**
 * `npm run bench:definitions`: how long reading, checking and compiling workflows of 1,000 steps takes, each with the parse
 * of its YAML alone as the baseline. Prints a table, and writes bench/results/definitions.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { compileWorkflow } from '#compiler/compile.ts';
import { readCommand } from '#definition/command.ts';
import { NO_PROJECT, type Project } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { validateWorkflow } from '#validation/validate.ts';
import { COMMAND, SHAPES } from './big-workflows.ts';
import { type Distribution, distribution, repeatMs, round } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const STEPS = 1_000;
const TIMES = 10;
const WARM_UP = 5;

interface Measured {
  readonly shape: string;
  readonly yamlMs: Distribution;
  /** From text to a workflow without a finding. */
  readonly validateMs: Distribution;
  readonly compileMs: Distribution;
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

async function measure(shape: string, text: string): Promise<Measured> {
  const { workflow, diagnostics } = validated(text);
  if (workflow === undefined || diagnostics.length > 0) {
    throw new Error(`${shape}: ${diagnostics[0]?.message ?? 'no workflow'}`);
  }
  const of = async (work: () => unknown): Promise<Distribution> =>
    distribution(await repeatMs(TIMES, WARM_UP, async () => work()));
  return {
    shape,
    yamlMs: await of(() => parseDocument(text).toJS()),
    validateMs: await of(() => validated(text)),
    compileMs: await of(() => compileWorkflow(workflow)),
  };
}

const measured: Measured[] = [];
for (const [shape, textOf] of Object.entries(SHAPES)) measured.push(await measure(shape, textOf(STEPS)));

const report = { date: new Date().toISOString(), machine: thisMachine(), steps: STEPS, measured };
writeFileSync(
  join(import.meta.dirname, 'results/definitions.json'),
  `${JSON.stringify(report, undefined, 2)}\n`,
);

const row = (...cells: readonly string[]): string =>
  cells
    .map((cell) => cell.padEnd(19))
    .join('')
    .trimEnd();
const cells = measured.map(({ shape, yamlMs, validateMs, compileMs }) =>
  row(
    shape,
    `${yamlMs.mean} ms`,
    `${validateMs.mean} ms (${round(validateMs.mean / yamlMs.mean)}x)`,
    `${compileMs.mean} ms (${round(compileMs.mean / yamlMs.mean)}x)`,
  ),
);
console.log(
  [
    machineLine(report.machine, report.date),
    '',
    row(`${STEPS} steps`, 'YAML alone', 'read and checked', 'compiled'),
    ...cells,
    row('target', '', '< 200 ms', ''),
  ].join('\n'),
);
