import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { parseTraceparent, spanIdOf, type TraceContext } from '#core/trace-context.ts';
import type { Command } from '#devices/command.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { indicesIn, pathOf } from '#executions/step-rows.ts';
import type { StepState } from '#executions/step-state.ts';
import { failureOf } from '../events/change-of.ts';
import { commandSpans } from './command-spans.ts';
import { makeSpan, type TraceSpan } from './span.ts';

/** What the spans of an execution that has ended are made of. */
export interface SpanSources {
  readonly view: ExecutionView;
  /** Every step of its workflow. */
  readonly steps: readonly CompiledStep[];
  /** Every command that it has issued, those of its undo included. */
  readonly commands: readonly Command[];
}

/** So many spans of one execution are told, the execution's own first. */
export const MOST_SPANS = 2_000;

/** Statuses that are told whatever is sampled. */
const FAILED: readonly string[] = ['FAILED', 'TIMED_OUT', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE'];

/** Whether an execution is told as spans: it is in a trace that is sampled, or in one, and has failed. */
export function isTraced({ traceparent, status }: Pick<ExecutionView, 'traceparent' | 'status'>): boolean {
  const context = parseTraceparent(traceparent);
  return context !== undefined && (context.isSampled || FAILED.includes(status));
}

/**
 * The spans of an execution that has ended: its own, under the place in a trace where it was started; its steps, as they are in each
 * other; their commands, with what devices had of them; and its rollback. Ids follow from what each is: an execution that a step has
 * called is under the span of that step, and what is told twice is the same span.
 */
export function executionSpans({ view, steps, commands }: SpanSources): readonly TraceSpan[] {
  const context = parseTraceparent(view.traceparent);
  if (context === undefined) return [];
  const until = view.endedAt ?? view.startedAt;
  const root = spanIdOf('execution', view.id);
  const stepSpans = spansOfSteps(view, steps, { traceId: context.traceId, root, until });
  const known = new Set(stepSpans.map(({ spanId }) => spanId));
  const rollback = rollbackSpan(view, commands, { traceId: context.traceId, root, until });
  const spansOfCommands = commands.flatMap((command) => {
    const ofStep = spanIdOf('step', view.id, command.path ?? '');
    const under = known.has(ofStep) ? ofStep : root;
    const parentSpanId = command.undoes === undefined ? under : (rollback?.spanId ?? under);
    return commandSpans(command, { traceId: context.traceId, parentSpanId, until });
  });
  const all = [...(rollback === undefined ? [] : [rollback]), ...stepSpans, ...spansOfCommands];
  const told = all.slice(0, MOST_SPANS - 1);
  return [executionSpan(view, context, all.length - told.length), ...told];
}

function executionSpan(view: ExecutionView, context: TraceContext, notTold: number): TraceSpan {
  const { id, workflow, version, status, alias, startedAt, endedAt = startedAt, redriveCount, parent } = view;
  const { error = status, cause = '' } = failureOf(view);
  return makeSpan(context.traceId, {
    ...{
      spanId: spanIdOf('execution', id),
      parentSpanId: context.spanId,
      name: workflow,
      startedAt,
      endedAt,
    },
    failure: status === 'SUCCEEDED' ? undefined : { error, cause },
    attributes: {
      ...ofExecution(view),
      'stepwright.workflow.version': version,
      'stepwright.workflow.alias': alias,
      'stepwright.execution.status': status,
      'stepwright.execution.redrives': redriveCount,
      'stepwright.execution.parent': parent?.execution,
      'stepwright.execution.cost.dollars': view.taken?.dollars,
      'stepwright.spans.not_told': notTold === 0 ? undefined : notTold,
    },
  });
}

function ofExecution({ id, workflow }: ExecutionView): TraceSpan['attributes'] {
  return { 'stepwright.execution.id': id, 'stepwright.workflow.name': workflow };
}

/** Where spans belong that are of one execution. */
interface Within {
  readonly traceId: string;
  readonly root: string;
  readonly until: number;
}

function spansOfSteps(view: ExecutionView, steps: readonly CompiledStep[], within: Within): TraceSpan[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const begun = new Set(view.steps.flatMap(({ path, startedAt }) => (startedAt === undefined ? [] : [path])));
  return view.steps.flatMap((state) => {
    const step = byId.get(state.id);
    if (step === undefined || state.startedAt === undefined) return [];
    // A step that its history tells nothing of, as on an emulator, has no span that others could be under.
    const around = step.within.findLast((id) => begun.has(pathAround(byId.get(id), state.path)));
    const parent = around === undefined ? undefined : pathAround(byId.get(around), state.path);
    const parentSpanId = parent === undefined ? within.root : spanIdOf('step', view.id, parent);
    return [stepSpan(view, { state, step, startedAt: state.startedAt }, { ...within, parentSpanId })];
  });
}

function pathAround(step: CompiledStep | undefined, path: string): string {
  return step === undefined ? '' : pathOf(step, indicesIn(path));
}

function stepSpan(
  view: ExecutionView,
  {
    state,
    step,
    startedAt,
  }: { readonly state: StepState; readonly step: CompiledStep; readonly startedAt: number },
  { traceId, parentSpanId, until }: Within & { readonly parentSpanId: string },
): TraceSpan {
  const { path, status, attempts, device, endedAt = until, error, because, isCached } = state;
  const { decision, version } = because ?? {};
  const { cause = '' } = failureOf(state);
  return makeSpan(traceId, {
    ...{ spanId: spanIdOf('step', view.id, path), parentSpanId, name: step.id, startedAt, endedAt },
    failure: error === undefined ? undefined : { error, cause },
    attributes: {
      ...ofExecution(view),
      'stepwright.step.path': path,
      'stepwright.step.kind': step.kind,
      'stepwright.step.status': status,
      'stepwright.step.attempts': attempts,
      'stepwright.step.cached': isCached,
      'stepwright.device.id': device,
      'stepwright.decision.name': typeof decision === 'string' ? decision : undefined,
      'stepwright.decision.version': typeof version === 'string' ? version : undefined,
    },
  });
}

/** From when the first undo was issued until the last has ended; undefined where nothing was undone. */
function rollbackSpan(
  view: ExecutionView,
  commands: readonly Command[],
  { traceId, root, until }: Within,
): TraceSpan | undefined {
  const undos = commands.filter(({ undoes }) => undoes !== undefined);
  const isWhole = view.status === 'ROLLED_BACK' || view.status === 'ROLLBACK_INCOMPLETE';
  if (undos.length === 0 && !isWhole) return undefined;
  return makeSpan(traceId, {
    ...{ spanId: spanIdOf('rollback', view.id), parentSpanId: root, name: 'rollback' },
    startedAt: Math.min(until, ...undos.map(({ queuedAt }) => queuedAt)),
    endedAt: isWhole ? until : Math.max(0, ...undos.map(({ endedAt = until }) => endedAt)),
    failure:
      view.status === 'ROLLBACK_INCOMPLETE'
        ? { error: 'Workflow.RollbackIncomplete', cause: 'something that it did is left, or may be' }
        : undefined,
    attributes: { ...ofExecution(view), 'stepwright.rollback.commands': undos.length },
  });
}
