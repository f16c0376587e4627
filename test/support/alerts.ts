import { type AlertFile, AlertFileSchema } from '#definition/alert/alert.ts';
import { Source } from '#definition/source.ts';
import { AlertEvaluator } from '#monitoring/alerts/evaluator.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import type { SilenceRecord } from '#monitoring/alerts/records/silence-record.ts';
import { type MonitoringEvent, makeEvent } from '#monitoring/events/event.ts';

/** A Monday. */
export const START = Date.parse('2027-01-04T08:00:00Z');
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A file of alerts from its YAML, behind its head. */
export function alertFile(text: string): AlertFile {
  return AlertFileSchema.parse(
    Source.parse('alerts/plant.yaml', `stepwright: 1\nalerts: plant\n${text}`).value,
  );
}

/** The end of an execution. */
export function ended(
  id: string,
  at: number,
  { status = 'FAILED' as 'FAILED' | 'SUCCEEDED', workflow = 'rollout', tookMs = 1_000 } = {},
): MonitoringEvent {
  const kind = status === 'FAILED' ? 'execution.failed' : 'execution.succeeded';
  return makeEvent({
    ...{ kind, key: [id, 0, 0], at, subject: { execution: id, workflow, version: '1.0.0' } },
    data: { status, tookMs, ...(status === 'FAILED' ? { error: 'Device.Timeout' } : {}) },
  });
}

/** A device that comes or goes. */
export function presence(device: string, status: 'online' | 'offline', at: number): MonitoringEvent {
  return makeEvent({ kind: `device.${status}`, key: [device, 0, at], at, subject: { device }, data: {} });
}

/** Rules over a stream of events, on time of their own. */
export class AlertBench {
  readonly evaluator: AlertEvaluator;
  readonly pages: Page[] = [];
  silences: SilenceRecord[] = [];
  now = START;
  readonly #zones = new Map<string, string>();

  constructor(file: AlertFile | string) {
    const read = typeof file === 'string' ? alertFile(file) : file;
    const find = async (device: string) => ({ zone: this.#zones.get(device) });
    this.evaluator = new AlertEvaluator(new Map([['plant', read]]), { since: () => START, find });
  }

  zone(device: string, zone: string): void {
    this.#zones.set(device, zone);
  }

  async take(...events: readonly MonitoringEvent[]): Promise<void> {
    for (const event of events) await this.evaluator.take(event);
  }

  /** Moves on, looking every five seconds. */
  async run(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; ) {
      this.now = Math.min(end, this.now + 5 * SECOND);
      const { pagings } = await this.evaluator.look(this.now, this.silences);
      for (const paging of pagings) {
        this.pages.push(...paging.outbox);
        this.evaluator.book.sent(paging);
      }
    }
  }

  get alerts(): readonly AlertRecord[] {
    return this.evaluator.book.alerts;
  }

  /** Changes an alert as somebody does over the API. */
  change(id: string, change: Partial<AlertRecord>): void {
    const alert = this.alerts.find((one) => one.id === id);
    if (alert === undefined) throw new Error(`no alert ${id}`);
    this.evaluator.book.learn({ alerts: [{ ...alert, ...change, revision: alert.revision + 1 }] });
  }

  /** When was told what, in minutes from the start. */
  told(): readonly string[] {
    return this.pages.map(
      ({ at, kind, to, count }) => `${((at - START) / MINUTE).toFixed(1)} ${kind} ${count} ${to.join('+')}`,
    );
  }
}
