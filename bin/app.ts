#!/usr/bin/env node
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '#infra/app.ts';
import { TRANSPORTS } from '#infra/names.ts';
import { retentionOf } from '#infra/retention.ts';

/**
 * The CDK app. Context: `-c project=DIR -c emulator=ministack|localstack -c transport=iot-core|broker -c brokerUrl=mqtt://…
 * -c allowedHosts=HOST:PORT,… -c publicUrl=https://… -c mailFrom=ADDRESS -c retain=executions=30d,events=3d`.
 */
const root = join(import.meta.dirname, '..');
const app = new App();

function context(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' ? value : undefined;
}

const emulator = context('emulator');
const transport = context('transport') ?? (emulator === 'localstack' ? 'broker' : 'iot-core');
const known = TRANSPORTS.find((name) => name === transport);
if (known === undefined) throw new Error(`transport "${transport}" is none of ${TRANSPORTS.join(', ')}`);

addStacks(app, {
  root,
  options: {
    emulator,
    transport: known,
    brokerUrl: context('brokerUrl'),
    allowedHosts: context('allowedHosts'),
    publicUrl: context('publicUrl'),
    mailFrom: context('mailFrom'),
    retain: retentionOf(context('retain')),
    project: context('project') ?? join(root, 'workflows'),
  },
  scratch: join(tmpdir(), `stepwright-bundles-${process.pid}`),
});
app.synth();
