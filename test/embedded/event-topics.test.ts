import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectMqtt } from '#devices/transport/mqtt-connection.ts';
import { startRuntime } from '#embedded/runtime.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { compileText } from '#support/compile-text.ts';

test('messages of the broker reach the steps that wait for them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-topics-'));
  const defects: unknown[] = [];
  try {
    await using runtime = await startRuntime({
      databasePath: join(folder, 'stepwright.db'),
      broker: { host: '127.0.0.1', port: 0, password: 'a-long-enough-password' },
      events: [
        { topic: 'plant/+/door', name: 'door.opened', data: "{ 'hall': $topic[1], 'n': $payload.n }" },
      ],
      onDefect: (error) => defects.push(error),
    }).then((started) => Object.assign(started, { [Symbol.asyncDispose]: () => started.close() }));
    const compiled = compileText(
      `steps: [{ id: a, wait: { event: { name: door.opened, where: "{% $event.n > 1 and $event.hall = 'h2' %}" } } }]`,
    );
    await publishWorkflow(runtime.ports, compiled, '');
    const { id } = await startExecution(runtime.ports, { workflow: compiled.name, input: {} });
    const login = { username: 'door', password: 'a-long-enough-password' };
    const door = await connectMqtt(runtime.broker.url, login);
    await door.publishAsync('plant/h1/door', '{"n":2}', { qos: 1 });
    await door.publishAsync('plant/h2/door', '{"n":1}', { qos: 1 });
    // The step may not wait yet.
    const again = setInterval(() => door.publish('plant/h2/door', '{"n":2}', { qos: 1 }), 100);
    expect(await runtime.whenSettled(id)).toMatchObject({
      status: 'SUCCEEDED',
      output: { a: { hall: 'h2', n: 2 } },
    });
    clearInterval(again);
    await door.endAsync(true);
    expect(defects).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
