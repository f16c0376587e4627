/** The engine on a file, as a process of its own that can be killed: `node engine-process.ts FILE PORT WORKER-URL LIFE`. */
import type * as z from 'zod';
import { isJsonObject, type Json, JsonSchema } from '#core/json.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';
import { AnswerSchema, MACHINE, postJson, StartSchema, serveJson, type WorkSchema } from './protocol.ts';

const [, , file = '', port = '', worker = '', lifeText = ''] = process.argv;
const life = Number(lifeText);
const engine = new EmbeddedEngine({
  database: new Database(file),
  functions: {
    WorkFunctionArn: (payload, { idempotencyKey: key }) => callWorker({ key, payload }),
    AskFunctionArn: (payload, { idempotencyKey: key }) => {
      const token = isJsonObject(payload) ? payload['token'] : '';
      return callWorker({ key, payload, token: String(token) });
    },
  },
});
await engine.deploy(MACHINE);
engine.recover();
await serveJson(Number(port), async (path, body): Promise<Json> => {
  if (path === '/answer') {
    const { token, output } = AnswerSchema.parse(body);
    return { taken: await engine.succeedTask(token, output), life };
  }
  const { name, input } = StartSchema.parse(body);
  const ref = { machine: MACHINE.name, name };
  if (path === '/start') {
    await engine.start(ref, input);
    return null;
  }
  const found = await engine.describe(ref);
  if (found === undefined) return null;
  const { status, output = null, error = null, cause = null } = found;
  return { status, output, error, cause };
});
process.stdout.write('ready\n');

async function callWorker(work: Omit<z.infer<typeof WorkSchema>, 'life'>): Promise<Json> {
  return JsonSchema.parse(await postJson(`${worker}/work`, { ...work, life }));
}
