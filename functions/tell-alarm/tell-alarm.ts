import { alarmEvent } from '#monitoring/events/alarm-events.ts';
import { type TellPorts, tellAll } from '#monitoring/telling/tell.ts';
import { readAlarmChange } from './alarm-change.ts';

/** Tells of alarms of CloudWatch as of all else that happens, so that rules watch them, and all is in one history. */
export function createTellAlarm(ports: TellPorts): (event: unknown) => Promise<void> {
  return async (event) => {
    const change = readAlarmChange(event);
    if (change !== undefined) await tellAll(ports, [alarmEvent(change)]);
  };
}
