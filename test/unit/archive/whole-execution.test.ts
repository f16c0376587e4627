import { expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { DEFAULT_TIMES } from '#archive/retention-times.ts';
import { AT_FULL_SPEED } from '#archive/retire/ports.ts';
import { noteFirstDay, notePlace } from '#archive/retire/progress.ts';
import { retireExecutions } from '#archive/retire/retire-executions.ts';
import { seededRandom } from '#core/random.ts';
import { getExecution } from '#executions/execution-store.ts';
import { MemoryStore } from '#support/archive-bench.ts';
import { World } from '#support/world.ts';

const STEPS = `steps:
  - { id: flash, command: firmware.install, device: pump-1, with: { release: 2.0.0 } }
  - { id: gone, command: check, device: nobody, catch: continue }
`;

test('an execution is archived as the API has told it, step by step, with its history and commands', async () => {
  using world = await World.create({ devices: [{ id: 'pump-1' }] });
  const view = await world.run(STEPS);
  const history = await world.ports.engine.history({ machine: view.machine, name: view.id }, 0);
  await world.clock.advance(10);
  const archive = new MemoryStore();
  const { table, engine } = world.ports;
  await notePlace(table, archive.place);
  await noteFirstDay(table, 'executions', '2025-12-31');
  await retireExecutions(
    { table, engine, clock: world.clock, random: seededRandom(1), archive },
    {
      times: { ...DEFAULT_TIMES, executions: 1 },
      atOnce: 1,
      pace: AT_FULL_SPEED,
      onDefect: (error) => expect.unreachable(String(error)),
    },
  );
  const found = async (kind: 'executions' | 'history' | 'commands') =>
    Array.fromAsync(queryArchive(archive, { kind }));
  expect(await found('executions')).toMatchObject([
    {
      ...{ executionId: view.id, status: 'SUCCEEDED', progress: { done: 2, total: 2 } },
      steps: [
        { id: 'flash', status: 'SUCCEEDED', device: 'pump-1' },
        { id: 'gone', status: 'FAILED', error: 'Device.Unknown' },
      ],
      usage: { commandsSent: 1 },
    },
  ]);
  expect((await found('history')).map(({ type }) => type)).toEqual(history.map(({ type }) => type));
  expect(await found('commands')).toMatchObject([
    { command: 'firmware.install', device: 'pump-1', status: 'SUCCEEDED' },
  ]);
  await expect(getExecution(table, view.id)).rejects.toMatchObject({
    code: 'SW4507',
    message: expect.stringContaining(view.id),
    hint: expect.stringContaining(archive.place),
  });
  await expect(getExecution(table, 'a-name-of-its-own')).rejects.toMatchObject({ code: 'SW4044' });
  await noteFirstDay(table, 'executions', '2025-12-31');
  await expect(getExecution(table, view.id)).rejects.toMatchObject({ code: 'SW4044' });
});
