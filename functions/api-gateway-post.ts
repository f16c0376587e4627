import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ClientPost } from '#monitoring/telling/push.ts';

/** How long one message may take: a client that does not take it in is disconnected, and holds nobody up. In ms. */
const POST_TIMEOUT_MS = 3_000;

/** Carries messages to clients by the connections of a WebSocket API, whose management is at `endpoint`. */
export class ApiGatewayPost implements ClientPost {
  readonly #client: ApiGatewayManagementApiClient;

  constructor(endpoint: string) {
    this.#client = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 2 });
  }

  async post(ConnectionId: string, text: string): Promise<boolean> {
    try {
      await this.#client.send(new PostToConnectionCommand({ ConnectionId, Data: text }), {
        abortSignal: AbortSignal.timeout(POST_TIMEOUT_MS),
      });
      return true;
    } catch (error) {
      if (error instanceof GoneException) return false;
      throw error;
    }
  }

  async end(ConnectionId: string): Promise<void> {
    try {
      await this.#client.send(new DeleteConnectionCommand({ ConnectionId }));
    } catch (error) {
      if (!(error instanceof GoneException)) throw error;
    }
  }
}

/** Where nothing is pushed. */
export const NO_POST: ClientPost = { post: async () => false, end: async () => undefined };
