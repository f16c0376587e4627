import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { inject } from 'vitest';
import { addStacks } from '#infra/app.ts';
import type { bundleFunctions } from '#infra/bundle.ts';
import type { DeploymentOptions } from '#infra/names.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What the stacks are synthesised to. */
export interface Synthesised {
  readonly state: Template;
  readonly runtime: Template;
  readonly api: Template;
  readonly monitoring: Template;
  /** What cdk-nag has against them. */
  readonly findings: readonly string[];
}

/** Takes the functions that have been bundled for all tests. */
const takeBundled: typeof bundleFunctions = (_root, outdir, transport) => {
  cpSync(join(inject('bundles'), transport), outdir, { recursive: true });
  return readdirSync(outdir);
};

/** Synthesises the stacks of the shipped project. */
export function synthesise(options: Partial<DeploymentOptions> = {}): Synthesised {
  const scratch = mkdtempSync(join(tmpdir(), 'stepwright-infra-'));
  try {
    const app = new App({ analyticsReporting: false });
    addStacks(app, {
      root: ROOT,
      scratch,
      bundle: takeBundled,
      options: {
        emulator: undefined,
        transport: 'iot-core',
        brokerUrl: undefined,
        allowedHosts: undefined,
        publicUrl: undefined,
        mailFrom: 'stepwright@example.com',
        retain: 'executions=90d',
        project: join(ROOT, 'workflows'),
        ...options,
      },
    });
    const template = (name: string): Template => Template.fromStack(Stack.of(app.node.findChild(name)));
    return {
      state: template('StepwrightState'),
      runtime: template('StepwrightRuntime'),
      api: template('StepwrightApi'),
      monitoring: template('StepwrightMonitoring'),
      findings: findingsOf(app),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function findingsOf(app: App): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ resourceLogicalId }) => `${ruleName} ${resourceLogicalId}`),
  );
}
