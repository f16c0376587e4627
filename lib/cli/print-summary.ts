import { formatDuration } from '#core/duration.ts';
import type { Device } from '#devices/device.ts';
import type { ExecutionView } from '#executions/describe.ts';
import type { StepState } from '#executions/step-state.ts';
import { leftBehindLines } from './left-behind-lines.ts';
import { type Column, tableLines } from './print-table.ts';
import { leadingStatus, markOf } from './step-marks.ts';
import type { Terminal } from './terminal.ts';
import { hanging } from './text-layout.ts';

/** Most devices that the table shows; those that went wrong come first. */
const MOST_ROWS = 40;

/** Prints how an execution ended: a row for each device that took part, and what came of the whole. */
export function printSummary(view: ExecutionView, devices: readonly Device[], terminal: Terminal): void {
  const { paint, columns } = terminal;
  const rows = deviceRows(view.steps, devices);
  if (rows.length > 0) {
    terminal.print('');
    const style = { columns, paintTitle: paint.bold };
    for (const line of tableLines(rows.slice(0, MOST_ROWS), deviceColumns(terminal), style))
      terminal.print(line);
    if (rows.length > MOST_ROWS) terminal.print(paint.dim(`… ${rows.length - MOST_ROWS} more devices`));
  }
  terminal.print('');
  const mark = markOf(view.status, paint);
  const took = formatDuration((view.endedAt ?? view.startedAt) - view.startedAt);
  terminal.print(
    `${mark.paint(mark.sign)} ${paint.bold(view.status)}  ${view.workflow} ${view.version}, ${took}, execution ${view.id}`,
  );
  if (view.error !== undefined) terminal.print(hanging('  ', `${view.error}: ${view.cause ?? ''}`, columns));
  for (const line of leftBehindLines(view.leftBehind, terminal)) terminal.print(line);
  if (view.output !== undefined) terminal.print(hanging('  output: ', JSON.stringify(view.output), columns));
}

interface DeviceRow {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly StepState[];
  readonly reported: string;
}

function deviceRows(steps: readonly StepState[], devices: readonly Device[]): DeviceRow[] {
  const reported = new Map(devices.map((device) => [device.id, device.reported]));
  const byDevice = Map.groupBy(
    steps.filter(({ device }) => device !== undefined),
    ({ device }) => device ?? '',
  );
  const rows = [...byDevice].map(([id, own]) => ({
    id,
    status: leadingStatus(own),
    steps: own,
    reported: Object.entries(reported.get(id) ?? {})
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', '),
  }));
  return rows.toSorted(
    (one, other) => Number(one.status === 'SUCCEEDED') - Number(other.status === 'SUCCEEDED'),
  );
}

function deviceColumns({ paint }: Terminal): Column<DeviceRow>[] {
  const stepText = ({ id, status, error }: StepState): string =>
    `${markOf(status, paint).sign} ${id}${error === undefined ? '' : ` ${error}`}`;
  return [
    {
      title: 'DEVICE',
      text: ({ id, status }) => `${markOf(status, paint).sign} ${id}`,
      paint: (cell, { status }) => markOf(status, paint).paint(cell),
    },
    { title: 'STEPS', text: ({ steps }) => steps.map(stepText).join('  ') },
    { title: 'REPORTED', text: ({ reported }) => reported, paint: (cell) => paint.dim(cell) },
  ];
}
