import { type MonitoringEvent, makeEvent } from './event.ts';

/** That an alarm of CloudWatch stands otherwise than before. */
export interface AlarmChange {
  readonly name: string;
  readonly isRaised: boolean;
  /** ms since the Unix epoch. */
  readonly at: number;
  readonly reason?: string | undefined;
  readonly description?: string | undefined;
}

/** The event of an alarm of CloudWatch. */
export function alarmEvent({ name, isRaised, at, reason, description }: AlarmChange): MonitoringEvent {
  return makeEvent({
    kind: isRaised ? 'alarm.raised' : 'alarm.cleared',
    ...{ key: [name, at], at, subject: {}, data: { alarm: name, description, error: reason } },
  });
}
