/** What a metric may be told apart by. The first four are open sets: how many values are told apart is bounded. */
export const DIMENSIONS = [
  ...(['workflow', 'command', 'decision', 'pool'] as const),
  ...(['status', 'state', 'reason', 'family', 'outcome', 'severity', 'function'] as const),
] as const;

/** What a metric may be told apart by. */
export type Dimension = (typeof DIMENSIONS)[number];

/**
 * A counter only grows, from the start of its process on; a gauge is as it is when it is asked for; a histogram counts what
 * took how long. Where the unit is not `none`, the name ends with it, as OpenMetrics asks for.
 */
export interface MetricDescription {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: 'none' | 'seconds' | 'bytes' | 'dollars';
  readonly meaning: string;
  readonly dimensions: readonly Dimension[];
  /**
   * Where it is known: made of events on every runtime, or of alerts by whoever evaluates them; of what the embedded server knows of
   * itself; or of what functions on AWS know of themselves.
   */
  readonly of: 'events' | 'alerts' | 'server' | 'functions';
}

function counter<Dimensions extends readonly Dimension[]>(meaning: string, ...dimensions: Dimensions) {
  return { kind: 'counter', unit: 'none', meaning, dimensions, of: 'events' } as const;
}

function seconds<Dimensions extends readonly Dimension[]>(meaning: string, ...dimensions: Dimensions) {
  return { kind: 'histogram', unit: 'seconds', meaning, dimensions, of: 'events' } as const;
}

function gauge<Dimensions extends readonly Dimension[]>(
  meaning: string,
  unit: MetricDescription['unit'],
  ...dimensions: Dimensions
) {
  return { kind: 'gauge', unit, meaning, dimensions, of: 'server' } as const;
}

/**
 * Every metric. `/v1/metrics`, the metrics on CloudWatch, both dashboards and the reference page are made of this table. Names are
 * as OpenMetrics has them, without the endings of its samples such as `_total`.
 */
export const METRICS = {
  stepwright_executions_started: counter('Executions that were started.', 'workflow'),
  stepwright_executions_ended: counter(
    'Executions that have ended, by their last status.',
    'workflow',
    'status',
  ),
  stepwright_execution_duration_seconds: seconds(
    'From the start of an execution to its end.',
    'workflow',
    'status',
  ),
  stepwright_execution_cost_dollars: {
    ...counter(
      'What executions that have ended cost on AWS, or would have; by the executions that have ended, it is what one costs.',
      'workflow',
    ),
    unit: 'dollars',
  },
  stepwright_rollbacks: counter('Executions that began to be rolled back.', 'workflow'),
  stepwright_steps_ended: counter('Steps of executions that have ended.', 'workflow', 'status'),
  stepwright_step_duration_seconds: seconds('From the begin of a step to its end.', 'workflow'),
  stepwright_commands_sent: counter('Commands that were sent to devices.', 'workflow', 'command'),
  stepwright_commands_ended: counter('Commands that have ended.', 'workflow', 'command', 'status'),
  stepwright_command_duration_seconds: seconds('From when a command was sent until it ended.', 'command'),
  stepwright_command_wait_seconds: seconds(
    'In the mailbox of a device, until a command was sent.',
    'command',
  ),
  stepwright_undos: counter('Undos of commands, by what came of them.', 'workflow', 'outcome'),
  stepwright_device_presences: counter('Devices that came or went.', 'status'),
  stepwright_breakers_opened: counter('Breakers of devices that opened, and quarantines.', 'reason'),
  stepwright_breakers_closed: counter('Breakers of devices that closed: a command that tried it succeeded.'),
  stepwright_decisions_made: counter('Decisions of steps.', 'workflow', 'decision'),
  stepwright_steps_cached: counter('Steps that were answered by a shared result.', 'workflow'),
  stepwright_leases_granted: counter('Units of pools that steps were given.', 'pool'),
  stepwright_lease_wait_seconds: seconds('In line for units of a pool.', 'pool'),
  stepwright_lease_held_seconds: seconds('How long units of a pool were held.', 'pool'),
  stepwright_approvals_ended: counter('Approvals that have ended.', 'workflow', 'status'),
  stepwright_approval_wait_seconds: seconds('From when people were asked until it was decided.', 'workflow'),
  stepwright_alerts_fired: counter('Alerts that have fired.', 'severity'),
  stepwright_events: counter('Events that were put on record.', 'family'),

  stepwright_executions: gauge(
    'Executions of the engine: `running` ones have begun, `working` ones do something, `queued` ones wait to begin.',
    'none',
    'state',
  ),
  stepwright_handler_calls: gauge(
    'Calls of functions by the engine: `running` ones are under way, `waiting` ones wait for a place.',
    'none',
    'state',
  ),
  stepwright_commands_open: gauge('Commands that have not ended: in mailboxes and at devices.', 'none'),
  stepwright_devices: gauge('Registered devices.', 'none', 'status'),
  stepwright_pool_units: gauge(
    'Units of named pools: that there are (`limit`), and that are held (`used`).',
    'none',
    'pool',
    'state',
  ),
  stepwright_pool_line: gauge('Steps that stand in line for units of a pool.', 'none', 'pool'),
  stepwright_decision_cache: {
    ...gauge('Answers of decisions: found (`hit`), or made (`miss`).', 'none', 'outcome'),
    kind: 'counter',
  },
  stepwright_step_events_behind: gauge(
    'Events that have not been looked at yet for executions whose steps are to be told of.',
    'none',
  ),
  stepwright_alerts: {
    ...gauge(
      'Alerts that are not over, by how they stand: `pending`, `firing`, `acknowledged`.',
      'none',
      ...(['state', 'severity'] as const),
    ),
    of: 'alerts',
  },
  stepwright_alert_events_behind: gauge('Events that alerts have not been looked at for yet.', 'none'),
  stepwright_store_bytes: gauge('Size of the file that keeps everything.', 'bytes'),
  stepwright_event_loop_lag_seconds: gauge(
    'How much later than asked for the process does things, 99th percentile since it was asked for last.',
    'seconds',
  ),
  process_cpu_seconds: { ...gauge('CPU time of the process, user and system.', 'seconds'), kind: 'counter' },
  process_resident_memory_bytes: gauge('Memory of the process that is in RAM.', 'bytes'),
  process_heap_bytes: gauge('Memory that objects of the process take.', 'bytes'),
  process_start_time_seconds: gauge('When the process began, in seconds since the Unix epoch.', 'seconds'),

  stepwright_function_cold_starts: {
    ...counter('Instances of functions that were begun.', 'function'),
    of: 'functions',
  },
  stepwright_function_init_seconds: {
    ...seconds('From the begin of the process of a function until its first call.', 'function'),
    of: 'functions',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

/** Name of a metric. */
export type MetricName = keyof typeof METRICS;

/** Values of all that a metric is told apart by; of what there is none of, that is an empty text. */
export type LabelsOf<Metric extends MetricName> = Readonly<
  Record<(typeof METRICS)[Metric]['dimensions'][number], string>
>;

/** All metrics by name, with what each may have. */
export const METRIC_LIST: readonly (readonly [MetricName, MetricDescription])[] = Object.entries(METRICS).map(
  ([name, description]) => [name, description] as readonly [MetricName, MetricDescription],
);

/** A value of a metric: how much a counter grows, how long something took, or how a gauge stands. */
export interface Sample {
  readonly metric: MetricName;
  readonly value: number;
  readonly labels: Readonly<Partial<Record<Dimension, string>>>;
}
