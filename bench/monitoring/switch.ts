import { SpareTime } from '#embedded/spare-time.ts';
import { EventRecorder } from '#monitoring/feed/recorder.ts';

/** Switches the recorder of this process on and off while executions run. */
export interface RecorderSwitch {
  isOn: boolean;
  /** What was written to the table. Each execution of a workflow writes as often: it tells how far all have come together at any moment. */
  writes: number;
  /** For how long the process was at what it does when it has time: telling of steps, and counting by hour and day. In ms. */
  spareMs: number;
}

/** Puts the switch before what listens to the table. */
export function installSwitch(): RecorderSwitch {
  const { concerns } = EventRecorder.prototype;
  const { restAfter } = SpareTime.prototype;
  const state: RecorderSwitch = { isOn: true, writes: 0, spareMs: 0 };
  EventRecorder.prototype.concerns = function (key) {
    state.writes++;
    return state.isOn && concerns.call(this, key);
  };
  SpareTime.prototype.restAfter = function (workedMs, filled) {
    state.spareMs += workedMs;
    return restAfter.call(this, workedMs, filled);
  };
  return state;
}
