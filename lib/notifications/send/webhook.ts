import { type Letter, titleOf } from './letter.ts';
import { type PostPorts, post, secretOf } from './post.ts';
import { webhookHeaders } from './standard-webhooks.ts';

/** Where a webhook is, and by which secret it is signed. */
export interface Webhook {
  readonly url: string;
  readonly secret?: string | undefined;
}

/**
 * Posts a letter as JSON, in the form of Standard Webhooks: `{type, timestamp, data}`. It is signed with the time at which it is posted, as
 * receivers take a signature for some minutes.
 */
export async function sendWebhook(ports: PostPorts, { url, secret }: Webhook, letter: Letter): Promise<void> {
  const body = JSON.stringify(bodyOf(letter));
  const timestamp = Math.floor(ports.clock.now() / 1_000);
  const signed =
    secret === undefined
      ? { 'webhook-timestamp': String(timestamp) }
      : webhookHeaders(
          { id: letter.id, timestamp, body },
          { name: secret, value: await secretOf(ports.secrets, secret) },
        );
  await post(ports, {
    ...{ url, body, isConfidential: letter.link !== undefined, addressIn: 'stepwright.yaml' },
    keyIn: secret === undefined ? 'stepwright.yaml' : `the secret "${secret}"`,
    headers: { 'webhook-id': letter.id, 'stepwright-delivery-id': letter.id, ...signed },
  });
}

function bodyOf(letter: Letter) {
  const { notification: id, topic, to, message, link, actions = [], incident, sentAt } = letter;
  return {
    type: `notification.${topic}`,
    timestamp: new Date(sentAt).toISOString(),
    data: {
      ...{ id, topic, subject: titleOf(letter), to, message, link, incident },
      ...(actions.length === 0 ? {} : { actions }),
    },
  };
}
