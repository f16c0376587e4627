import { foldEvents } from '#cli/top/fold/fold-events.ts';
import { emptyState, type TopState } from '#cli/top/top-state.ts';
import { feedEvent, ofExecution, T0 } from './top-events.ts';

const SECOND = 1_000;
/** When the scene is looked at. */
export const SCENE_NOW = T0 + 300 * SECOND;

/** A plant on a busy morning: rollouts of all kinds, a device that is left out, alerts. */
export function busyScene(): TopState {
  const devices = new Map(
    Array.from({ length: 30 }, (_, at) => [
      `pump-${at}`,
      { type: at % 3 === 0 ? 'sensor' : 'pump', zone: `berlin/hall-${(at % 4) + 1}`, isOnline: at % 7 !== 0 },
    ]),
  );
  const begun: TopState = {
    ...emptyState('http://127.0.0.1:8787', T0),
    ...{ devices, connection: { kind: 'live' } },
    pools: [{ name: 'uplink', used: 3, limit: 4 }],
    gauges: {
      running: 7,
      queued: 2,
      memoryBytes: 183_000_000,
      storeBytes: 9_100_000,
      cpuShare: 0.42,
      loopLagMs: 21,
    },
  };
  const runs = Array.from({ length: 60 }, (_, at) => [
    ofExecution('execution.started', at * 4 * SECOND, `run-${at}`),
    ofExecution('command.succeeded', at * 4 * SECOND + 400, `run-${at}`, {
      ...{ device: 'pump-1', command: `c${at}` },
      data: { name: 'x', status: 'SUCCEEDED', attempt: 0, tookMs: 380 + at },
    }),
    ofExecution(
      at % 9 === 8 ? 'execution.failed' : 'execution.succeeded',
      at * 4 * SECOND + 900,
      `run-${at}`,
      {
        data: {
          ...{ status: at % 9 === 8 ? 'FAILED' : 'SUCCEEDED', tookMs: 900 + at * 10 },
          ...(at % 9 === 8 ? { error: 'Device.Timeout', cause: 'no answer within 60 s' } : {}),
        },
      },
    ),
  ]).flat();
  const open = Array.from({ length: 7 }, (_, at) => [
    ofExecution('execution.started', (240 + at * 8) * SECOND, `01M8BQSBH5JBPZVP8XMEJGVC${at}K`, {
      workflow: at === 3 ? 'a-workflow-with-a-very-long-name' : 'firmware-rollout',
    }),
    ofExecution('command.sent', (241 + at * 8) * SECOND, `01M8BQSBH5JBPZVP8XMEJGVC${at}K`, {
      ...{ path: `rollout[${at}].flash`, device: `pump-${at}`, command: `open-${at}` },
      data: { name: 'x', status: 'SENT', attempt: 0 },
    }),
  ]).flat();
  const trouble = [
    ofExecution('command.failed', 297 * SECOND, '01M8BQSBH5JBPZVP8XMEJGVC2K', {
      ...{ command: 'open-2', device: 'pump-2' },
      data: { name: 'x', status: 'FAILED', attempt: 0, error: 'Device.Busy' },
    }),
    ofExecution('execution.rolling-back', 298 * SECOND, '01M8BQSBH5JBPZVP8XMEJGVC4K', {
      data: { status: 'ROLLING_BACK', error: 'Step.Unexpected' },
    }),
    ofExecution('execution.paused', 298 * SECOND, '01M8BQSBH5JBPZVP8XMEJGVC5K'),
    feedEvent('command.queued', 298 * SECOND, { device: 'pump-3', command: 'waits', data: {} }),
    feedEvent('device.quarantined', 298 * SECOND, {
      ...{ device: 'pump-9', data: { ability: '*', until: new Date(SCENE_NOW + 60 * SECOND).toISOString() } },
    }),
    alertEvent('alert.firing', 120, 'failing-rollouts', { severity: 'critical', title: 'Rollouts fail' }),
    alertEvent('alert.firing', 20, 'silent-device', { severity: 'warning', title: 'A device is silent' }),
    alertEvent('alert.acknowledged', 200, 'silent-device', {
      severity: 'warning',
      title: 'A device is silent',
    }),
  ];
  const events = [...runs, ...open, ...trouble].toSorted((a, b) => a.at.localeCompare(b.at));
  const state = foldEvents(begun, { events, receivedAt: undefined });
  const running = new Map(
    [...state.running].map(([id, each], at) => [id, { ...each, progress: { done: at, total: 8 } }]),
  );
  return { ...state, running, lagMs: 12 };
}

function alertEvent(
  kind: 'alert.firing' | 'alert.acknowledged',
  second: number,
  alert: string,
  data: { readonly severity: string; readonly title: string },
) {
  const more = kind === 'alert.acknowledged' ? { by: 'ada' } : {};
  return feedEvent(kind, second * SECOND, {
    data: {
      id: `plant.${alert}.1`,
      group: 'plant',
      alert,
      values: { workflow: 'rollout' },
      ...data,
      ...more,
    },
  });
}
