import { type DrilledStep, EXERCISES } from '#rehearsal/drill/drill.ts';
import { type Column, tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging } from '../text-layout.ts';
import type { DrilledWorkflow } from './drilled-workflow.ts';

interface Row extends DrilledStep {
  readonly workflow: string;
}

/** Short titles of the exercises, in their order. */
const TITLES = ['WORKS', 'FAILS ONCE', 'LOST', 'CRASH'] as const;

/** Prints which undos were proven, and which were not and why. */
export function printDrill(drilled: readonly DrilledWorkflow[], { print, paint, columns }: Terminal): void {
  const rows: Row[] = drilled.flatMap(({ workflow, steps }) => steps.map((step) => ({ ...step, workflow })));
  const table: Column<Row>[] = [
    { title: 'WORKFLOW', text: ({ workflow }) => workflow },
    { title: 'STEP', text: ({ step }) => step },
    { title: 'UNDO', text: ({ undo = '' }) => undo },
    ...EXERCISES.map((exercise, index) => ({
      title: TITLES[index] ?? exercise,
      text: (row: Row) => signOf(row, exercise),
      paint: (cell: string) => (cell.startsWith('✔') ? paint.green(cell) : paint.red(cell)),
    })),
  ];
  if (rows.length > 0) {
    for (const line of tableLines(rows, table, { columns, paintTitle: paint.bold })) print(line);
    print('');
  }
  const unproven = rows.filter(({ isProven }) => !isProven);
  for (const { workflow, step, reason = '' } of unproven) {
    print(hanging(`${paint.red('✖')} `, `${workflow}, ${step}: ${reason}`, columns));
  }
  const without = drilled.filter(({ steps }) => steps.length === 0).map(({ workflow }) => workflow);
  if (without.length > 0) print(paint.dim(hanging('nothing to undo: ', without.join(', '), columns)));
  const proven = paint.green(`${rows.length - unproven.length} proven`);
  print(
    `${proven}${unproven.length === 0 ? '' : `, ${paint.red(`${unproven.length} not`)}`} of ${count(rows.length, 'undo')}`,
  );
}

function signOf({ proofs }: Row, exercise: string): string {
  const proof = proofs.find((one) => one.exercise === exercise)?.proof;
  return proof?.kind === 'proven' ? '✔' : '✖';
}
