import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StepwrightError } from '#core/error.ts';
import { projectAlerts } from '#infra/alert-files.ts';
import { PROJECT_DOCUMENT } from '#infra/workflow-publication.ts';
import { compileProject, projectDecisionDocuments } from '#infra/workflows.ts';
import type { EmulatorName } from './endpoint.ts';
import { findFunction, invoke } from './functions.ts';

const ROOT = join(import.meta.dirname, '..');
const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

/** Where a deployed API is, and the token that opens it. */
export interface DeployedApi {
  readonly url: string;
  readonly token: string;
}

/** What an emulator takes for credentials. */
export function emulatorEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
    CDK_DISABLE_VERSION_CHECK: '1',
  };
}

/** Runs the CDK command line; what it prints goes to `say` line by line. */
async function cdk(args: readonly string[], endpoint: string, say: (line: string) => void): Promise<void> {
  const child = spawn(
    join(ROOT, 'node_modules', '.bin', 'cdk'),
    ['--app', `"${process.execPath}" bin/app.ts`, '--no-notices', ...args],
    {
      cwd: ROOT,
      env: { ...process.env, ...emulatorEnvironment(endpoint) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail = `${tail}${text}`.slice(-8_000);
      for (const line of text.split('\n')) if (line.trim() !== '') say(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  if (code === 0) return;
  throw new StepwrightError({
    code: 'SW3032',
    kind: 'unavailable',
    message: `cdk ${args[0]} failed (exit code ${code})\n${tail}`,
    hint: 'is the emulator fresh? `npm run emulator -- stop`, then start it again',
  });
}

/** Bootstraps the emulated account and deploys all stacks. */
export async function deployStacks(
  emulator: EmulatorName,
  endpoint: string,
  options: {
    readonly say: (line: string) => void;
    readonly brokerUrl?: string;
    /** Hosts of this machine that `http` steps may call. */
    readonly allowedHosts?: string;
  },
): Promise<DeployedApi> {
  await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], endpoint, options.say);
  const context = ['--context', `emulator=${emulator}`];
  for (const name of ['brokerUrl', 'allowedHosts'] as const) {
    if (options[name] !== undefined) context.push('--context', `${name}=${options[name]}`);
  }
  await cdk(
    ['deploy', '--all', '--require-approval', 'never', '--concurrency', '2', ...context],
    endpoint,
    options.say,
  );
  // LocalStack leaves custom resources out, by which the workflows are put on record elsewhere.
  if (emulator === 'localstack') await publishDirectly(endpoint);
  const api = await deployedApi(endpoint);
  // The address that the stack itself knows is one of AWS, which nobody reaches here.
  const lambda = new LambdaClient(emulatorClientConfig(endpoint));
  await invoke(lambda, await findFunction(lambda, 'publishworkflow'), {
    ...{ document: 'public-url', publicUrl: api.url },
  });
  return api;
}

async function publishDirectly(endpoint: string): Promise<void> {
  const lambda = new LambdaClient(emulatorClientConfig(endpoint));
  const publisher = await findFunction(lambda, 'publishworkflow');
  const project = join(ROOT, 'workflows');
  for (const { document } of projectDecisionDocuments(project)) await invoke(lambda, publisher, { document });
  for (const { machine } of compileProject(project)) {
    await invoke(lambda, publisher, { document: machine });
  }
  for (const { document } of projectAlerts(project)) await invoke(lambda, publisher, { document });
  await invoke(lambda, publisher, { document: PROJECT_DOCUMENT });
}

/** How clients of the AWS SDK reach an emulator. */
export function emulatorClientConfig(endpoint: string) {
  return { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** Finds the deployed API by the outputs of its stack. */
export async function deployedApi(endpoint: string): Promise<DeployedApi> {
  const config = emulatorClientConfig(endpoint);
  const { Stacks } = await new CloudFormationClient(config).send(
    new DescribeStacksCommand({ StackName: 'StepwrightApi' }),
  );
  const output = (key: string): string =>
    Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
  const secret = await new SecretsManagerClient(config).send(
    new GetSecretValueCommand({ SecretId: output('TokenSecretArn') }),
  );
  // The one form of address that MiniStack and LocalStack both serve without a Host header.
  const path = `/_aws/execute-api/${output('RestApiId')}/live`;
  return { url: `${endpoint}${path}`, token: secret.SecretString ?? '' };
}
