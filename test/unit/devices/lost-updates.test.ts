import { expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { getDevice, registerDevice } from '#devices/registry.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';

test('changes of one device at the same time are all kept', async () => {
  using stack = new DisposableStack();
  const database = stack.adopt(new Database(':memory:'), (opened) => opened.close());
  const table = new SqliteTable(database);
  const clock = new VirtualClock();
  await registerDevice({ table, clock }, { id: 'a', type: 'pump' });

  await Promise.all([
    registerDevice({ table, clock }, { id: 'a', zone: 'hall' }),
    registerDevice({ table, clock }, { id: 'a', status: 'online' }),
    registerDevice({ table, clock }, { id: 'a', tags: { site: 'x' } }),
  ]);

  const device = await getDevice(table, 'a');
  expect(device).toMatchObject({
    type: 'pump',
    zone: 'hall',
    status: 'online',
    tags: { site: 'x' },
    revision: 4,
  });
});
