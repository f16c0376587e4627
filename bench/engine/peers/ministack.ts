import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import { substituteTokens } from '#engine/embedded/tokens.ts';
import type { Machine } from '#engine/engine.ts';
import {
  EMULATOR_FOLDER,
  endMinistack,
  installMinistack,
  startMinistack,
} from '../../../localstack/ministack.ts';
import { BRANCHES_MACHINE, chainMachine } from '../machines.ts';
import { CountSchema, type Peer } from '../peer.ts';
import { whenListening } from '../servers.ts';

const PORT = 4_580;
const ROLE = 'arn:aws:iam::000000000000:role/bench';
const CODE = `exports.increment = async ({ n }) => ({ n: n + 1 });
exports.branchWork = async () => { await new Promise((resolve) => setTimeout(resolve, 100)); return 1; };
`;
const FUNCTIONS: Readonly<Record<string, string>> = {
  IncrementFunctionArn: 'increment',
  BranchFunctionArn: 'branchWork',
};

const client = {
  endpoint: `http://127.0.0.1:${PORT}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  disableHostPrefix: true,
  maxAttempts: 1,
};

/** MiniStack's Step Functions, by the AWS SDK, with Lambda functions that it runs as processes; it keeps nothing on disk. */
export async function start(folder: string): Promise<Peer> {
  const server = startMinistack(
    installMinistack(() => {}),
    PORT,
    { detached: false },
  );
  await whenListening(PORT);
  await pause(2_000);
  await createFunctions(folder);
  const sfn = new SFNClient(client);
  const chains = {
    5: await createMachine(sfn, chainMachine(5)),
    100: await createMachine(sfn, chainMachine(100)),
  };
  const branches = await createMachine(sfn, BRANCHES_MACHINE);
  return {
    describe: 'MiniStack 1.5.33, Express executions (StartSyncExecution), Lambda functions in processes',
    chain: async (steps) => CountSchema.parse(await run(sfn, chains[steps], { n: 0 })).n,
    branches: async () => z.array(z.literal(1)).parse(await run(sfn, branches, {})).length,
    stop: async () => void (await endMinistack(server.process.pid ?? 0)),
  };
}

async function createFunctions(folder: string): Promise<void> {
  const lambda = new LambdaClient(client);
  writeFileSync(join(folder, 'index.js'), CODE);
  // Node writes no zip files; the Python that MiniStack runs on does.
  const python = join(EMULATOR_FOLDER, 'venv/bin/python');
  execFileSync(python, ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
  const ZipFile = readFileSync(join(folder, 'code.zip'));
  for (const name of Object.values(FUNCTIONS)) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Role: ROLE,
        Handler: `index.${name}`,
        Code: { ZipFile },
      }),
    );
  }
  await pause(1_000);
  await lambda.send(new InvokeCommand({ FunctionName: 'increment', Payload: Buffer.from('{"n":0}') }));
}

async function createMachine(sfn: SFNClient, { name, definition }: Machine): Promise<string> {
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name,
      type: 'EXPRESS',
      roleArn: ROLE,
      definition: JSON.stringify(substituteTokens(definition, FUNCTIONS)),
    }),
  );
  if (stateMachineArn === undefined) throw new Error(`MiniStack gave no ARN for ${name}`);
  return stateMachineArn;
}

async function run(sfn: SFNClient, stateMachineArn: string, input: JsonObject): Promise<Json> {
  const { status, output, cause } = await sfn.send(
    new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  if (status !== 'SUCCEEDED' || output === undefined)
    throw new Error(`${stateMachineArn} ended ${status}: ${cause}`);
  const value: Json = JSON.parse(output);
  return value;
}
