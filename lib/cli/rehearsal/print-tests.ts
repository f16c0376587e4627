import type { Json } from '#core/json.ts';
import type { Difference } from '#rehearsal/tests/differences.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging } from '../text-layout.ts';
import { isGood, type TestedCase } from './tested-case.ts';

/** Prints one case: a line when it is good; else what is not as it should be, with its place in the file. */
export function printCase(tested: TestedCase, terminal: Terminal): void {
  const { print, paint, columns } = terminal;
  const { tests, results } = tested;
  const last = results.at(-1) ?? results[0];
  const { source } = tests;
  if (isGood(tested)) {
    print(`${paint.green('✔')} ${paint.dim(tests.workflow.workflow.name)} ${last.one.name}`);
    return;
  }
  print(hanging(`${paint.red('✖')} `, `${tests.workflow.workflow.name} ${last.one.name}`, columns));
  for (const difference of last.differences) {
    const { line, column } = source.locate([...last.one.at, 'expect', ...difference.at.map(keyOf)]);
    print(paint.dim(`  ${source.file}:${line}:${column}`));
    printDifference(difference, terminal);
  }
  print(paint.dim(`  seed ${last.seed}`));
}

function keyOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function printDifference(
  { at, expected, actual, note }: Difference,
  { print, paint, columns }: Terminal,
): void {
  if (at.length > 0) {
    print(`    ${paint.bold(at.join('.'))}`);
    print(paint.green(hanging('    - expected ', textOf(expected), columns)));
    print(paint.red(hanging('    + actual   ', textOf(actual), columns)));
  }
  if (note !== undefined) print(hanging('    ', note, columns));
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.map((entry: Json) => textOf(entry)).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Prints how many cases came out as they should. */
export function printTotals(
  tested: readonly TestedCase[],
  seconds: number,
  { print, paint }: Terminal,
): void {
  const failed = tested.filter((each) => !isGood(each)).length;
  const good = paint.green(`${tested.length - failed} passed`);
  const runs = tested.reduce((sum, { results }) => sum + results.length, 0);
  const bad = failed === 0 ? '' : `, ${paint.red(`${failed} failed`)}`;
  print(`\n${good}${bad}, ${count(runs, 'run')} in ${seconds.toFixed(1)} s`);
}
