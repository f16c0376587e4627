import type { Json } from '#core/json.ts';
import type { ReplayedTask } from '#rehearsal/what-if/replay.ts';
import type { WhatIf } from '#rehearsal/what-if/what-if.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging, wrap } from '../text-layout.ts';

/** What is held against what. */
export interface AboutWhatIf {
  readonly execution: string;
  readonly from: string;
  readonly to: string;
}

/** Prints where a new version goes otherwise than what was recorded. */
export function printWhatIf(about: AboutWhatIf, found: WhatIf, terminal: Terminal): void {
  const { print, paint, columns } = terminal;
  const title = `${about.to} on what execution ${about.execution} of ${about.from} has recorded`;
  print(`${wrap(title, columns).join('\n')}\n`);
  let same = 0;
  for (const task of found.tasks) {
    if (task.kind === 'same') same++;
    else {
      printSame(same, terminal);
      same = 0;
      printTask(task, terminal);
    }
  }
  printSame(same, terminal);
  for (const step of found.skipped) {
    print(paint.red(hanging('− ', `${step} is not done any more`, columns)));
  }
  print('');
  print(hanging('recorded: ', endWords(found.recorded), columns));
  const words =
    found.replayed === undefined
      ? 'unknown from here on: nothing is recorded of it'
      : endWords(found.replayed);
  print(hanging('replayed: ', words, columns));
  if (found.recorded.status.startsWith('ROLL')) print(paint.dim('undo is not replayed'));
}

function printSame(steps: number, { print, paint }: Terminal): void {
  if (steps > 0) print(paint.dim(`= ${count(steps, 'call')} as recorded`));
}

function printTask(task: Exclude<ReplayedTask, { kind: 'same' }>, { print, paint, columns }: Terminal): void {
  if (task.kind === 'not recorded') {
    print(paint.green(hanging('+ ', `${task.step} is new: ${JSON.stringify(task.args)}`, columns)));
    return;
  }
  if (task.kind === 'decided') {
    const { step, end } = task;
    const words =
      end.kind === 'succeeded' ? `decides ${JSON.stringify(end.output)}` : `fails with ${end.error}`;
    print(paint.green(hanging('+ ', `${step} is new: it ${words}`, columns)));
    return;
  }
  const isOnlyResult = task.changes.every(({ at }) => /^(?:decides|fails)\b/.test(at));
  print(paint.yellow(`~ ${task.step} is ${isOnlyResult ? 'decided' : 'asked'} otherwise`));
  for (const { at, from, to } of task.changes) {
    print(hanging('    ', `${at}: ${textOf(from)} → ${textOf(to)}`, columns));
  }
}

function textOf(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function endWords({ status, error }: WhatIf['recorded']): string {
  return error === undefined ? status : `${status} with ${error}`;
}
