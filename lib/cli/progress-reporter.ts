import type { Clock } from '#core/clock.ts';
import { formatDuration } from '#core/duration.ts';
import type { ExecutionProgress, StepProgress } from './progress.ts';
import { progressLines } from './progress-view.ts';
import { markOf } from './step-marks.ts';
import type { Terminal } from './terminal.ts';

/** Shows how an execution goes, on stderr. */
export interface ProgressReporter {
  /** Takes the newest state; may be called often. */
  update(progress: ExecutionProgress): void;
  /** Leaves the last state standing and stops. */
  finish(): void;
}

/** Turns of the spinner: smooth, and cheap. */
const FRAME_MS = 80;

/** A view that redraws itself where stderr is a terminal, else one line per change. */
export async function createProgressReporter(terminal: Terminal, clock: Clock): Promise<ProgressReporter> {
  return terminal.live ? liveReporter(terminal, clock) : plainReporter(terminal, clock);
}

async function liveReporter(terminal: Terminal, clock: Clock): Promise<ProgressReporter> {
  const { createLogUpdate } = await import('log-update');
  const view = createLogUpdate(terminal.noteStream);
  let latest: ExecutionProgress | undefined;
  let frame = 0;
  const draw = (): void => {
    if (latest === undefined) return;
    const { notePaint: paint, columns, rows } = terminal;
    view(progressLines(latest, { paint, columns, rows, now: clock.now(), frame }).join('\n'));
  };
  const turning = setInterval(() => {
    frame += 1;
    draw();
  }, FRAME_MS);
  return {
    update: (progress) => {
      latest = progress;
    },
    finish: () => {
      clearInterval(turning);
      draw();
      view.done();
    },
  };
}

function plainReporter(terminal: Terminal, clock: Clock): ProgressReporter {
  const seen = new Map<string, string>();
  return {
    update: (progress) => {
      for (const step of progress.steps) {
        const state = `${step.status} ${step.attempts}`;
        if (seen.get(step.path) === state || (step.status === 'PENDING' && !seen.has(step.path))) continue;
        seen.set(step.path, state);
        const at = changedAt(step, clock);
        const elapsed = at === undefined ? undefined : at - progress.startedAt;
        terminal.note(changeLine(step, elapsed, terminal));
      }
    },
    finish: () => {},
  };
}

/** When a step came to where it stands; an undo is told at once, and has no time of its own. */
function changedAt({ status, startedAt, endedAt }: StepProgress, clock: Clock): number | undefined {
  return status.startsWith('COMPENSAT') ? clock.now() : (endedAt ?? startedAt);
}

/** `   1.2 s  SUCCEEDED   rollout[3].flash  pump-3`. */
function changeLine(step: StepProgress, elapsedMs: number | undefined, terminal: Terminal): string {
  const mark = markOf(step.status, terminal.notePaint);
  const facts = [
    (elapsedMs === undefined ? '' : formatDuration(elapsedMs)).padStart(8),
    `${mark.paint(step.status.padEnd(11))} ${step.path}`,
    step.device,
    step.attempts > 1 ? `try ${step.attempts}` : undefined,
    step.error,
  ];
  return facts.filter((fact) => fact !== undefined).join('  ');
}
