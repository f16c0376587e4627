import { once } from 'node:events';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { EventsDocumentSchema } from '#api/routes/events.ts';
import { ServerMessageSchema } from '#monitoring/live/protocol.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call, POLL, start } from './client.ts';
import { deployed, describeEmulated, emulated } from './stacks.ts';

const WORKFLOW = `stepwright: 1
name: told
version: 1.0.0
steps:
  - { id: mark, set: { x: 1 } }
  - { id: lost, command: go, device: nobody, catch: continue }
`;

/** Kinds of the events of an execution that the feed has. */
async function kindsOf(execution: string): Promise<readonly string[]> {
  const path = `/v1/events?execution=${execution}&limit=100`;
  return EventsDocumentSchema.parse(await call('GET', path)).events.map(({ kind }) => kind);
}

/** Connects to the live API by the one form of address that needs no name that resolves. */
async function connect(): Promise<WebSocket> {
  const { endpoint, token } = deployed();
  const { Stacks } = await new CloudFormationClient(emulatorClientConfig(endpoint)).send(
    new DescribeStacksCommand({ StackName: 'StepwrightApi' }),
  );
  const id = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'LiveApiId')?.OutputValue;
  const url = `${endpoint.replace('http', 'ws')}/_aws/execute-api/${id}/live`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  return socket;
}

describeEmulated('events on the emulator', () => {
  emulated(
    'the stream of the table becomes a feed, steps are told at the end, and a client is told at once',
    async () => {
      await call('POST', '/v1/workflows', WORKFLOW);
      const told: string[] = [];
      const socket = deployed().emulator === 'ministack' ? await connect() : undefined;
      socket?.on('message', (data: Buffer) => {
        const message = ServerMessageSchema.parse(JSON.parse(data.toString('utf8')));
        if ('subscribed' in message) told.push('subscribed');
        if ('events' in message) told.push(...message.events.map(({ kind }) => kind));
      });
      socket?.send(JSON.stringify({ subscribe: { workflows: ['told'], kinds: ['execution.*', 'step.*'] } }));
      if (socket !== undefined) await vi.waitFor(() => expect(told).toEqual(['subscribed']), POLL);
      const execution = await start('told', {});
      await vi.waitFor(async () => {
        expect(await kindsOf(execution)).toEqual(
          expect.arrayContaining([
            ...['execution.started', 'execution.succeeded', 'step.succeeded', 'step.failed'],
          ]),
        );
      }, POLL);
      if (socket === undefined) return;
      await vi.waitFor(
        () => expect(told).toEqual(expect.arrayContaining(['execution.succeeded', 'step.failed'])),
        POLL,
      );
      socket.terminate();
    },
  );
});
