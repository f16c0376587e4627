import { afterEach, expect } from 'vitest';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { call, connectFleet, type ExecutionDocument, run } from './client.ts';
import { emulated } from './stacks.ts';

let running: RunningFleet | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function connect(site: string, devices: string): Promise<void> {
  running = await connectFleet(`
stepwright: 1
fleet: ${site}
devices:
${devices}
behaviour:
  latency: 10ms
  commands:
    firmware.install: { sets: { firmware: "{% $with.release %}" }, result: { installed: "{% $with.release %}" } }
    health.check: { result: { ok: true, firmware: "{% $device.reported.firmware %}" } }
`);
}

const device = (id: string, site: string, more = ''): string =>
  `  - { id: ${id}, capabilities: { ota: 2.0.0 }, tags: { site: ${site} }, reported: { firmware: 1.0.0 }${more} }`;

const statuses = ({ steps }: ExecutionDocument): Record<string, string> =>
  Object.fromEntries(steps.map(({ path, status }) => [path, status]));

emulated('a rollout started over the API updates the devices of its site, and tells each step', async () => {
  await connect('good', `${device('good-1', 'good')}\n${device('good-2', 'good')}`);

  const execution = await run('firmware-rollout', { release: '2.0.0', site: 'good' });

  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { release: '2.0.0', updated: 2, failed: [] },
  });
  expect(statuses(execution)).toEqual({
    targets: 'SUCCEEDED',
    rollout: 'SUCCEEDED',
    'rollout[0].flash': 'SUCCEEDED',
    'rollout[0].check': 'SUCCEEDED',
    'rollout[1].flash': 'SUCCEEDED',
    'rollout[1].check': 'SUCCEEDED',
  });
  expect(await call('GET', '/v1/devices/good-1')).toMatchObject({ reported: { firmware: '2.0.0' } });
});

emulated('more failures than are tolerated roll every device of the rollout back', async () => {
  const broken = ', behaviour: { commands: { health.check: { result: { ok: false } } } }';
  await connect('bad', `${device('bad-1', 'bad')}\n${device('bad-2', 'bad', broken)}`);

  const execution = await run('firmware-rollout', { release: '2.0.0', site: 'bad' });

  expect(execution).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.ToleranceExceeded' });
  expect(statuses(execution)).toMatchObject({
    'rollout[1].flash': 'COMPENSATED',
    'rollout[1].check': 'FAILED',
  });
  expect(await call('GET', '/v1/devices/bad-1')).toMatchObject({ reported: { firmware: '1.0.0' } });
  expect(await call('GET', '/v1/devices/bad-2')).toMatchObject({ reported: { firmware: '1.0.0' } });
});

emulated('a rollout of more than forty at once runs each device as an execution of its own', async () => {
  const broken = ', behaviour: { commands: { health.check: { result: { ok: false } } } }';
  await connect(
    'wide',
    `${device('wide-1', 'wide')}\n${device('wide-2', 'wide')}\n${device('lame-1', 'lame', broken)}`,
  );
  const source = `stepwright: 1
name: wide-rollout
version: 1.0.0
steps:
  - { id: targets, devices: { where: "site = $input.site" } }
  - { id: mark, set: { release: "{% $input.release %}" } }
  - id: rollout
    forEach: "{% $targets %}"
    as: device
    maxConcurrency: 50
    catch: [{ on: [Device.Timeout], steps: [{ id: late, set: { late: true } }] }]
    steps:
      - id: flash
        command: firmware.install
        device: "{% $device.id %}"
        with: { release: "{% $vars.release %}" }
        compensate: { command: firmware.install, with: { release: "{% $target.reported.firmware %}" } }
      - { id: check, command: health.check, device: "{% $device.id %}", expect: "{% $result.ok %}" }
output: "{% { 'count': $count($rollout), 'firmware': $rollout.firmware } %}"
`;
  await call('POST', '/v1/workflows', source);

  const execution = await run('wide-rollout', { release: '3.0.0', site: 'wide' });
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { count: 2, firmware: ['3.0.0', '3.0.0'] },
  });
  expect(statuses(execution)).toMatchObject({
    'rollout[0].flash': 'SUCCEEDED',
    'rollout[1].check': 'SUCCEEDED',
  });
  const failed = await run('wide-rollout', { release: '3.0.0', site: 'lame' });
  expect(failed).toMatchObject({ status: 'ROLLED_BACK', error: 'Step.Unexpected' });
  expect(await call('GET', '/v1/devices/lame-1')).toMatchObject({ reported: { firmware: '1.0.0' } });
});

emulated(
  'a workflow published over the API fails when its command expires before the device comes',
  async () => {
    await connect('away', device('away-1', 'away', ', connected: false'));
    await call(
      'POST',
      '/v1/workflows',
      `
stepwright: 1
name: wake-up
version: 1.0.0
steps: [{ id: wake, command: wake, device: away-1, timeout: 5s, expires: 2s }]
`,
    );

    const execution = await run('wake-up', {});

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Device.Expired' });
    expect(execution.steps).toMatchObject([
      { path: 'wake', status: 'FAILED', device: 'away-1', attempts: 1 },
    ]);
  },
);
