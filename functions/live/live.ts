import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { LIVE_PROTOCOL } from '#monitoring/live/protocol.ts';
import { type ClientPorts, takeClientMessage } from '#monitoring/telling/client-message.ts';
import { forgetConnection, noteConnection } from '#monitoring/telling/connections.ts';

/** What of an event of a WebSocket API is read. */
export type SocketEvent = Pick<APIGatewayProxyWebsocketEventV2, 'body'> & {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly requestContext: Pick<
    APIGatewayProxyWebsocketEventV2['requestContext'],
    'routeKey' | 'connectionId'
  >;
};

/** Takes clients in, hears what they want, and lets them go. Who they are has been asked before. */
export function createLive(
  ports: ClientPorts,
): (event: SocketEvent) => Promise<APIGatewayProxyStructuredResultV2> {
  return async ({ body, headers = {}, requestContext: { routeKey, connectionId } }) => {
    if (routeKey === '$connect') await noteConnection(ports.table, connectionId, ports.clock.now());
    else if (routeKey === '$disconnect') await forgetConnection(ports.table, connectionId);
    else await takeClientMessage(ports, connectionId, body ?? '');
    return { statusCode: 200, ...agreedProtocol(headers) };
  };
}

/** A client that offers protocols wants one of them. */
function agreedProtocol(headers: Readonly<Record<string, string | undefined>>) {
  const offered = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  return offered?.[1]?.includes(LIVE_PROTOCOL) === true
    ? { headers: { 'Sec-WebSocket-Protocol': LIVE_PROTOCOL } }
    : {};
}
