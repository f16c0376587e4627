import { EventLog } from '#monitoring/feed/event-log.ts';
import { EventRecorder } from '#monitoring/feed/recorder.ts';
import { StepReader } from '#monitoring/feed/step-reader.ts';

/** How keys of executions begin, and of all that belongs to them. */
const EXECUTIONS = 'EXECUTION#';

/** Switches all that is made of events on and off while executions run. */
export interface MonitoringSwitch {
  isOn: boolean;
  /**
   * What was written of executions. Each of a workflow writes as often: it tells how far all have come together at any moment.
   */
  writes: number;
}

/**
 * Puts the switch before what listens to the table, and before the two who read the log when there is time: who tells of steps, whom
 * the next event wakes, and who counts by hour and day, and asks again some seconds after there was nothing. What they are
 * to do all the while, they do while it is on.
 */
export function installSwitch(): MonitoringSwitch {
  const state: MonitoringSwitch = { isOn: true, writes: 0 };
  const { concerns } = EventRecorder.prototype;
  EventRecorder.prototype.concerns = function (key) {
    if (key.pk.startsWith(EXECUTIONS)) state.writes++;
    return state.isOn && concerns.call(this, key);
  };
  const { wake } = StepReader.prototype;
  StepReader.prototype.wake = function () {
    if (state.isOn) wake.call(this);
  };
  const { read } = EventLog.prototype;
  EventLog.prototype.read = async function (query) {
    const { after } = query;
    if (state.isOn || after === undefined) return read.call(this, query);
    return { entries: [], more: false, cursor: after, gap: false };
  };
  return state;
}
