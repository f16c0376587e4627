import type { JsonObject } from '#core/json.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { lineFrom } from '#notifications/addressees.ts';
import type { Incident, Notifier } from '#notifications/notifier.ts';
import { isoOf } from '../events/event.ts';
import type { Pager } from './pager.ts';
import type { Page, PagedAlert } from './records/paging-record.ts';

/** What sending pages takes. */
export interface NotifyingPagerPorts {
  readonly notifier: Notifier;
  /** Where people reach the API; undefined where nobody knows. */
  baseUrl(): Promise<string | undefined>;
  /** Finds the devices of an alert whose events name none. Default: it is told without. */
  withDevices?(alert: PagedAlert): Promise<PagedAlert>;
}

/** Topic under which alerts are told. */
const TOPIC = 'alerts';
const ACTIONS = {
  firing: 'trigger',
  repeated: 'trigger',
  escalated: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
} as const satisfies Record<Page['kind'], Incident['action']>;

/** Sends pages as notifications to the receivers of their file, with an incident that is the same until it is over. */
export function notifyingPager({
  notifier,
  baseUrl,
  withDevices = async (alert) => alert,
}: NotifyingPagerPorts): Pager {
  return {
    page: async (made, file) => {
      const receivers = receiversOf(made, file);
      if (receivers.length === 0) return;
      const page = { ...made, alerts: await Promise.all(made.alerts.map(withDevices)) };
      const { id, kind, paging, incident: key, severity } = page;
      const action = ACTIONS[kind];
      await notifier.send({
        ...{
          id,
          topic: TOPIC,
          subject: subjectOf(page),
          message: messageOf(page, await baseUrl()),
          receivers,
        },
        incident: { key, action, severity },
        ...(action === 'trigger'
          ? { confidential: { kind: 'alert-link', paging, incident: key, ...aboutOf(page) } as const }
          : {}),
      });
    },
  };
}

/** The execution that can be helped by a link: the latest of the first alert that is about one. */
function aboutOf({ alerts }: Page) {
  const first = alerts.find(({ executions }) => executions.length > 0);
  const [execution] = first?.executions ?? [];
  return first === undefined || execution === undefined ? {} : { about: { alert: first.id, execution } };
}

/** That somebody looks after it is news only for services that keep an incident open. */
function receiversOf({ kind, to }: Page, { receivers = {} }: AlertFile) {
  const lines = to.flatMap((name) => lineFrom({ receivers, routes: [] }, name));
  return kind === 'acknowledged' ? lines.filter(([{ receiver }]) => 'pagerduty' in receiver) : lines;
}

/** One line: how bad, what, and how many more. */
export function subjectOf({ kind, severity, count, alerts }: Page): string {
  const [first] = alerts;
  const more = count > 1 ? ` and ${count - 1} more` : '';
  const state = kind === 'resolved' || kind === 'acknowledged' ? kind : severity;
  return `[${state}] ${first === undefined ? 'alerts' : headOf(first)}${more}`;
}

function headOf({ title, by }: PagedAlert): string {
  const values = Object.values(by).filter((value) => value !== '');
  return values.length === 0 ? title : `${title} (${values.join(', ')})`;
}

function messageOf(page: Page, base: string | undefined): JsonObject {
  const { kind, severity, count, alerts, group, at, round, level } = page;
  const [first] = alerts;
  return {
    message: first?.message ?? (first === undefined ? group : headOf(first)),
    ...{ state: kind, severity, group, at: isoOf(at), count },
    ...(round === undefined || level === undefined ? {} : { level, round }),
    ...(alerts.length === 1 && first !== undefined
      ? detailsOf(first, base)
      : { alerts: alerts.map((alert) => ({ title: headOf(alert), ...detailsOf(alert, base) })) }),
  };
}

/** What there is to know before anything is done: the cause, what is affected, what was well, and where it says what to do. */
function detailsOf(alert: PagedAlert, base: string | undefined): JsonObject {
  const { id, since, value, error, devices, deviceCount, executions, lastGood, runbook, message } = alert;
  const [execution] = executions;
  const link =
    base === undefined || execution === undefined ? undefined : `${base}/v1/executions/${execution}`;
  const others = deviceCount > devices.length ? ` and ${deviceCount - devices.length} more` : '';
  return {
    ...{ alert: id, since },
    ...(message === undefined ? {} : { what: message }),
    ...(value === undefined ? {} : { value }),
    ...(error === undefined ? {} : { cause: error }),
    ...(devices.length === 0 ? {} : { devices: `${devices.join(', ')}${others}` }),
    ...(lastGood === undefined ? {} : { lastGood }),
    ...(execution === undefined ? {} : { execution: link ?? execution }),
    ...(runbook === undefined ? {} : { runbook }),
    acknowledge: `stepwright alerts acknowledge ${id}`,
  };
}
