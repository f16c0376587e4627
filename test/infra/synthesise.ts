import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from '#infra/app.ts';
import { bundleFunctions } from '#infra/bundle.ts';
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

/** Folders of functions that are bundled already, by transport. */
const bundled = new Map<DeploymentOptions['transport'], string>();
process.once('exit', () => {
  for (const folder of bundled.values()) rmSync(folder, { recursive: true, force: true });
});

/** Bundles once for all syntheses of a file. */
const bundleOnce: typeof bundleFunctions = (root, outdir, transport) => {
  let folder = bundled.get(transport);
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'stepwright-bundled-'));
    bundled.set(transport, folder);
    bundleFunctions(root, folder, transport);
  }
  cpSync(folder, outdir, { recursive: true });
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
      bundle: bundleOnce,
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
