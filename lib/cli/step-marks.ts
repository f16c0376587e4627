import type { StepProgress } from './progress.ts';
import type { Paint } from './terminal.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** What stands for a step's status, one column wide, in its colour. */
export interface Mark {
  readonly sign: string;
  paint(text: string): string;
}

/** The mark of a status. `frame` counts up to make what runs turn. */
export function markOf(status: string, paint: Paint, frame = 0): Mark {
  switch (status) {
    case 'SUCCEEDED':
      return { sign: '✔', paint: paint.green };
    case 'COMPENSATED':
    case 'ROLLED_BACK':
      return { sign: '↺', paint: paint.yellow };
    case 'SKIPPED':
      return { sign: '−', paint: paint.dim };
    case 'RUNNING':
    case 'COMPENSATING':
    case 'ROLLING_BACK':
      return { sign: SPINNER[frame % SPINNER.length] ?? '', paint: paint.cyan };
    case 'PENDING':
    case 'WAITING':
    case 'QUEUED':
      return { sign: '·', paint: paint.dim };
    default:
      return { sign: '✖', paint: paint.red };
  }
}

/** The one status that tells most about several steps: what runs before what failed, that before what was undone. */
export function leadingStatus(steps: readonly StepProgress[]): string {
  const order = ['RUNNING', 'COMPENSATING', 'FAILED', 'TIMED_OUT', 'ABORTED', 'COMPENSATED'];
  const found = order.find((status) => steps.some((step) => step.status === status));
  if (found !== undefined) return found;
  return steps.every((step) => step.status === 'SUCCEEDED' || step.status === 'SKIPPED')
    ? 'SUCCEEDED'
    : 'PENDING';
}
