/** What a field of a record holds. Below a map, names are those of whoever has put them there: `input.site`, `tags.line`. */
export type ReportFieldType = 'text' | 'number' | 'duration' | 'time' | 'flag' | 'map';

/** A field that records of a source have. */
export interface ReportField {
  readonly type: ReportFieldType;
  readonly is: string;
}

/** What reports can be made of. */
export interface ReportSource {
  /** One record, in a word or two. */
  readonly of: string;
  /** Which records belong to a period. */
  readonly period: string;
  readonly fields: Readonly<Record<string, ReportField>>;
}

/** Names of sources. */
export const REPORT_SOURCE_NAMES = [
  'executions',
  'steps',
  'commands',
  'devices',
  'decisions',
  'alerts',
] as const;

/** Name of a source of reports. */
export type ReportSourceName = (typeof REPORT_SOURCE_NAMES)[number];

/** By the name of a source, what its records have: one table for validation, for those who read records, and for the guide. */
export const REPORT_SOURCES: Readonly<Record<ReportSourceName, ReportSource>> = {
  executions: {
    of: 'an execution',
    period: 'executions that started in it',
    fields: {
      id: text('its id'),
      workflow: text('name of its workflow'),
      version: text('version of its workflow'),
      alias: text('alias by which it was started'),
      status: text('how it stands, such as SUCCEEDED or ROLLED_BACK'),
      error: text('name of the error that it failed with'),
      cause: text('what the error says'),
      startedBy: text('who started it, where that was said'),
      startedAt: time('when it started'),
      endedAt: time('when it ended'),
      durationMs: duration('from start to end'),
      redrives: number('how often it was redriven'),
      isPaused: flag('whether it is paused'),
      isCalled: flag('whether another execution has called it'),
      input: map('its input'),
      output: map('its output; of a large one nothing'),
    },
  },
  steps: {
    of: 'a step of an execution, each iteration for itself',
    period: 'steps of executions that started in it',
    fields: {
      id: text('id of the step in its workflow'),
      path: text('path with its iterations, such as rollout[3].flash'),
      status: text('how it stands, such as SUCCEEDED or COMPENSATED'),
      attempts: number('how many tries there were'),
      device: text('the device of its command'),
      startedAt: time('when it began'),
      endedAt: time('when it ended'),
      durationMs: duration('from begin to end'),
      error: text('name of its error'),
      cause: text('what the error says'),
      isCached: flag('whether its result was one that an equal run had left'),
      execution: text('id of its execution'),
      workflow: text('name of the workflow'),
      version: text('version of the workflow'),
    },
  },
  commands: {
    of: 'a command, undo commands counted in',
    period: 'commands of executions that started in it, and those that were sent by hand in it',
    fields: {
      id: text('its id'),
      command: text('name of the command, such as firmware.install'),
      device: text('the device that it was for'),
      status: text('how it stands, such as SUCCEEDED or TIMED_OUT'),
      execution: text('id of its execution'),
      workflow: text('name of the workflow'),
      version: text('version of the workflow'),
      step: text('id of the step'),
      path: text('path of the step'),
      attempt: number('which try it is'),
      priority: number('its priority'),
      queuedAt: time('when it was asked for'),
      sentAt: time('when it was sent'),
      endedAt: time('when it ended'),
      waitedMs: duration('from asked for to sent'),
      durationMs: duration('from sent to its end'),
      error: text('name of its error'),
      cause: text('what the error says'),
      isUndo: flag('whether it undoes another'),
      isUndone: flag('whether another has undone it'),
      isByHand: flag('whether it belongs to no execution'),
      with: map('its arguments'),
      result: map('what the device answered'),
    },
  },
  devices: {
    of: 'a registered device, as it is now',
    period: 'all devices, whatever the period is',
    fields: {
      id: text('its id'),
      type: text('what it is'),
      zone: text('where it is'),
      status: text('online or offline'),
      registeredAt: time('when it was registered'),
      lastSeenAt: time('when it was heard of last'),
      reportedAt: time('when it reported its state last'),
      silentMs: duration('from when it was heard of last to the end of the period'),
      tags: map('its tags'),
      capabilities: map('its capabilities, each with its version'),
      reported: map('its state as it has reported it'),
    },
  },
  decisions: {
    of: 'a decision that a step has asked for',
    period: 'decisions that were made in it',
    fields: {
      id: text('its id'),
      decision: text('name of the decision'),
      version: text('version that has decided'),
      asked: text('version that the step asks'),
      side: text('base or canary, where a trial divides'),
      at: time('when it was made'),
      latencyMs: duration('how long that took'),
      execution: text('id of the execution'),
      workflow: text('name of the workflow, once the execution has ended'),
      workflowVersion: text('its version'),
      path: text('path of the step'),
      outcome: text('status with which the execution ended'),
      isSuccess: flag('whether that went well'),
      isOtherwise: flag('whether no rule held'),
      error: text('with what it failed'),
      chosen: map('what was decided'),
      features: map('what was known when it was made'),
    },
  },
  alerts: {
    of: 'an alert that has fired',
    period: 'alerts that were found in it',
    fields: {
      id: text('its id'),
      group: text('its group'),
      alert: text('id of its rule'),
      title: text('its title'),
      severity: text('info, warning or critical'),
      team: text('whose it is'),
      zone: text('where it is'),
      status: text('FIRING, ACKNOWLEDGED or RESOLVED'),
      since: time('since when it is as it should not be'),
      firedAt: time('when it fired'),
      acknowledgedAt: time('when somebody began to look after it'),
      acknowledgedBy: text('who that was'),
      resolvedAt: time('when it was over'),
      durationMs: duration('from fired to over'),
      answerMs: duration('from fired to acknowledged'),
      deviceCount: number('how many devices it is about'),
      value: number('what was held against the bounds'),
      error: text('the latest error'),
      by: map('what it is told apart by'),
    },
  },
};

/** The field that a name stands for, also below a map; undefined where records of the source have none. */
export function reportField(source: ReportSourceName, name: string): ReportField | undefined {
  const { fields } = REPORT_SOURCES[source];
  const [first = '', ...below] = name.split('.');
  const field = Object.hasOwn(fields, first) ? fields[first] : undefined;
  return below.length === 0 || field?.type === 'map' ? field : undefined;
}

function text(is: string): ReportField {
  return { type: 'text', is };
}

function number(is: string): ReportField {
  return { type: 'number', is };
}

function duration(is: string): ReportField {
  return { type: 'duration', is };
}

function time(is: string): ReportField {
  return { type: 'time', is };
}

function flag(is: string): ReportField {
  return { type: 'flag', is };
}

function map(is: string): ReportField {
  return { type: 'map', is };
}
