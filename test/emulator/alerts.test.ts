import { createServer, type Server } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { z } from 'zod';
import { AlertDocument, AlertGroupDocument } from '#api/alert-documents.ts';
import { EventsDocumentSchema } from '#api/routes/events.ts';
import { findFunction, invoke } from '../../localstack/functions.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call, POLL, start } from './client.ts';
import { deployed, describeEmulated, emulated, isEmulated } from './stacks.ts';

const WORKFLOW = `stepwright: 1
name: alerted
version: 1.0.0
steps: [{ id: lost, command: go, device: nobody }]
`;

const RULES = (port: number) => `stepwright: 1
alerts: emulated
rules:
  - id: failing
    severity: critical
    for: 15s
    by: [workflow]
    where: "workflow = 'alerted'"
    when: { rate: { of: execution.failed, above: 0, over: 1h } }
  - id: silent
    severity: warning
    by: [device]
    where: "device = 'mute'"
    when: { absence: { of: device.heartbeat, for: 5s } }
  - { id: aws, severity: warning, by: [alarm], when: { threshold: { metric: alarm.age, above: 0 } } }
receivers: { service: { webhook: { url: "http://127.0.0.1:${port}/page" } } }
routes: [{ to: [service], groupBy: [alert], wait: 1s }]
`;

const PageSchema = z.object({ data: z.object({ subject: z.string() }) });

describeEmulated('alerts on the emulator', () => {
  let server: Server;
  const pages: string[] = [];

  beforeAll(async () => {
    if (!isEmulated) return;
    const { servicePort } = deployed();
    server = createServer(async (request, response) => {
      const body = (await Array.fromAsync(request)).join('');
      pages.push(PageSchema.parse(JSON.parse(body)).data.subject);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(servicePort, '127.0.0.1', resolve));
    await call('POST', '/v1/workflows', WORKFLOW);
    // It never says anything.
    await call('PUT', '/v1/devices/mute', {});
    await call('PUT', '/v1/alert-groups/emulated', RULES(servicePort));
  });
  afterAll(async () => {
    if (!isEmulated) return;
    await call('DELETE', '/v1/alert-groups/emulated');
    await new Promise((resolve) => server.close(resolve));
  });

  async function alerts(rule: string, state = 'firing') {
    const document = await call('GET', `/v1/alerts?state=${state}`);
    const { alerts: all } = z.object({ alerts: z.array(AlertDocument) }).parse(document);
    return all.filter(({ group, alert }) => group === 'emulated' && alert === rule);
  }

  /** The one alert of a rule that stands so, when there is one. */
  async function alert(rule: string, state = 'firing') {
    const found = await vi.waitUntil(async () => (await alerts(rule, state))[0], {
      ...POLL,
      timeout: 90_000,
    });
    return found;
  }

  async function told(id: string): Promise<readonly string[]> {
    const { events } = EventsDocumentSchema.parse(await call('GET', '/v1/events?kind=alert.*&limit=100'));
    return events.filter(({ data }) => data['id'] === id).map(({ kind }) => kind);
  }

  emulated('the alert files of the project are deployed with it', async () => {
    const document = await call('GET', '/v1/alert-groups');
    const { groups } = z.object({ groups: z.array(AlertGroupDocument) }).parse(document);
    expect(groups.map(({ name }) => name)).toEqual(['aws', 'emulated', 'plant']);
  });

  emulated(
    'an execution that fails is pending, fires, is told of, acknowledged and over, and all of that is told',
    async () => {
      const execution = await start('alerted', {});
      await alert('failing', 'pending');
      const { id, executions } = await alert('failing');
      expect(executions).toEqual([execution]);
      await vi.waitFor(() => expect(pages).toContain('[critical] failing (alerted)'), POLL);
      await call('POST', `/v1/alerts/${id}/acknowledge`, { by: 'ana' });
      expect(await alert('failing', 'acknowledged')).toMatchObject({ id, acknowledgedBy: 'ana' });
      await call('POST', `/v1/alerts/${id}/resolve`, { by: 'ana' });
      const over = AlertDocument.parse(await call('GET', `/v1/alerts/${id}`));
      expect(over).toMatchObject({ state: 'resolved', acknowledgedBy: 'ana', resolvedBy: 'ana' });
      await vi.waitFor(() => expect(pages).toContain('[resolved] failing (alerted)'), POLL);
      await vi.waitFor(
        async () => expect(await told(id)).toEqual(['alert.firing', 'alert.acknowledged', 'alert.resolved']),
        POLL,
      );
    },
    240_000,
  );

  emulated(
    'a device that goes silent is found where nothing else happens',
    async () => {
      expect((await alert('silent')).by).toEqual({ device: 'mute' });
    },
    120_000,
  );

  emulated(
    'an alarm of CloudWatch comes into the same history',
    async () => {
      const change = (value: string, timestamp: string) => ({
        ...{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change' },
        detail: {
          alarmName: 'stepwright-alarm-lambda-throttles',
          state: { value, reason: 'Threshold Crossed', timestamp },
          configuration: { description: 'Functions are throttled.' },
        },
      });
      // The emulator puts no changes of alarms on its bus: they are replayed.
      const lambda = new LambdaClient(emulatorClientConfig(deployed().endpoint));
      const teller = await findFunction(lambda, 'tellalarm');
      const now = (): string => new Date().toISOString().replace('Z', '+0000');
      await invoke(lambda, teller, change('ALARM', now()));
      const { id, by, error } = await alert('aws');
      expect([by, error]).toEqual([{ alarm: 'stepwright-alarm-lambda-throttles' }, 'Threshold Crossed']);
      await invoke(lambda, teller, change('OK', now()));
      await vi.waitFor(async () => expect(await told(id)).toEqual(['alert.firing', 'alert.resolved']), POLL);
    },
    180_000,
  );
});
