import { expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { compileText } from '#support/compile-text.ts';
import { type Faults, FaultyDevices } from './faulty-devices.ts';
import { SagaWorld } from './saga-world.ts';

const SEEDS = Number(process.env['SAGA_SEEDS'] ?? 25);
const FROM = Number(process.env['SAGA_FROM'] ?? 1);

const FAULTS: Faults = { lost: 0.02, unanswered: 0.02, late: 0.02, stuck: 0.3 };

/** Two of three iterations fail, each at its own time, and the second that is counted halts the rollout. */
const HALTING = compileText(`
steps:
  - id: each
    forEach: "{% ['x', 'y', 'z'] %}"
    as: device
    tolerate: { count: 0 }
    onExceeded: halt
    steps:
      - id: go
        command: go
        device: "{% $device %}"
        timeout: 2s
        compensate:
          command: undo
          timeout: 3s
          verify: { command: ask, expect: "{% $result.is %}", timeout: 3s }
      - { id: broken, if: "{% $device != 'z' %}", command: fail, device: "{% $device %}", timeout: 2s }
`);

test('a rollout that is halted while an iteration is undone names what that has left, whatever dies', async () => {
  let cutOff = 0;
  for (let seed = FROM; seed < FROM + SEEDS; seed++) {
    const devices = new FaultyDevices(seededRandom(seed), FAULTS);
    using world = await SagaWorld.create(seed, devices, 2);
    const view = await world.run(HALTING);
    const { items } = await world.ports.table.query({
      partition: `EXECUTION#${view.id}`,
      prefix: 'UNWOUND#',
    });
    const begun = items.map(({ sk }) => sk.slice('UNWOUND#'.length));
    const there = [...devices.effects()].filter((effect) =>
      begun.some((path) => effect.startsWith(`${path}.`)),
    );
    const told = view.leftBehind.map(({ command = '' }) => command.split(':').slice(1).join(':'));
    expect(
      there.filter((effect) => !told.includes(effect)),
      `seed ${seed}, ${view.status}`,
    ).toEqual([]);
    expect(
      told.filter((effect) => effect.startsWith('each[2]')),
      `seed ${seed}`,
    ).toEqual([]);
    cutOff += view.leftBehind.filter(({ reason }) => reason === 'NOT_UNDONE').length;
  }
  if (SEEDS >= 25) expect(cutOff).toBeGreaterThan(0);
}, 60_000);
