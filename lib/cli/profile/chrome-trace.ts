import type { ProfileDocument } from '#api/profile-documents.ts';

/** An event of the Trace Event Format, as chrome://tracing and Perfetto read it. Times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  /** `X` is a complete event, `M` a name of a process or thread. */
  readonly ph: 'X' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A file of the Trace Event Format, in its JSON object form. */
export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string>>;
}

const PROCESS = 1;

/**
 * A profile as a trace: each branch or iteration that ran beside others is a thread, each run of a step a slice in it, and
 * what its time went to are slices inside.
 */
export function chromeTrace(profile: ProfileDocument): ChromeTrace {
  const { executionId, workflow, version, status, startedAt, steps } = profile;
  const startUs = Date.parse(startedAt) * 1_000;
  const lanes = [...new Set(steps.map(({ lane }) => lane))].toSorted((one, other) => one - other);
  return {
    traceEvents: [
      metadata('process_name', 0, { name: `${workflow} ${version}, execution ${executionId}` }),
      ...lanes.flatMap((lane) => [
        metadata('thread_name', lane + 1, { name: lane === 0 ? 'workflow' : `branch ${lane}` }),
        metadata('thread_sort_index', lane + 1, { sort_index: lane }),
      ]),
      ...steps.flatMap((step) => slicesOf(step, startUs)),
    ],
    displayTimeUnit: 'ms',
    otherData: { executionId, workflow, version, status },
  };
}

function metadata(name: string, tid: number, args: Readonly<Record<string, unknown>>): TraceEvent {
  return { name, ph: 'M', pid: PROCESS, tid, args };
}

function slicesOf(step: ProfileDocument['steps'][number], startUs: number): readonly TraceEvent[] {
  const { path, kind, status, attempts, device, slackMs, isCritical, lane, startMs, durationMs, parts } =
    step;
  const slice = (
    name: string,
    cat: string,
    at: { readonly startMs: number; readonly durationMs: number },
  ) => ({
    name,
    cat,
    ph: 'X' as const,
    pid: PROCESS,
    tid: lane + 1,
    ts: startUs + at.startMs * 1_000,
    dur: at.durationMs * 1_000,
  });
  return [
    {
      ...slice(path, isCritical ? `${kind},critical` : kind, { startMs, durationMs }),
      args: { status, attempts, slackMs, isCritical, ...(device === undefined ? {} : { device }) },
    },
    ...parts.map((part) => ({ ...slice(part.name, 'part', part), args: { step: path } })),
  ];
}
