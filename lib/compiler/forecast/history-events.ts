import type { JsonObject } from '#core/json.ts';

/** Events of a Map state's iteration: started, succeeded. */
export const EVENTS_OF_AN_ITERATION = 2;

/** Events of the run of a distributed Map: started, succeeded. Its iterations have histories of their own. */
export const EVENTS_OF_A_MAP_RUN = 2;

/** How many events a state leaves in the history each time it runs well; what is inside it comes on top. */
export function historyEventsOf(state: JsonObject): number {
  switch (state['Type']) {
    case 'Fail':
      return 1;
    case 'Task':
      return isAnsweredLater(String(state['Resource'])) ? 6 : 5;
    case 'Parallel':
    case 'Map':
      return 4;
    default:
      return 2;
  }
}

/** A service that is waited for has the event TaskSubmitted besides scheduled, started and succeeded. */
function isAnsweredLater(resource: string): boolean {
  return /\.(?:waitForTaskToken|sync(?::2)?)$/.test(resource);
}
