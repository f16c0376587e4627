import * as z from 'zod';
import { NameSchema } from './fields.ts';

const SecretSchema = z
  .string()
  .min(1)
  .meta({ examples: ['ops-channel'] });

const WebhookSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'is no address; write it like https://hooks.example.com/x' })
      .describe(
        'Where it is posted to as JSON. Without TLS only where its host is one of those that are allowed.',
      )
      .meta({ examples: ['https://hooks.example.com/stepwright'] }),
    secret: SecretSchema.exactOptional().describe('Name of the secret that it is signed with.'),
  })
  .describe('A service that takes it as JSON.');

/** The forms of a receiver, each with these fields besides. */
function receiverForms<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.union([
    z.strictObject({
      topic: NameSchema.describe('Topic of notifications; who listens to it is told.').meta({
        examples: ['plant-alerts'],
      }),
      ...fields,
    }),
    z.strictObject({
      email: z
        .email('is no address; write it like ops@example.com')
        .describe('Address of a person or a list.')
        .meta({ examples: ['ops@example.com'] }),
      ...fields,
    }),
    z.strictObject({ webhook: WebhookSchema, ...fields }),
    z.strictObject({
      slack: SecretSchema.describe('Name of the secret that holds the URL of a Slack-compatible webhook.'),
      ...fields,
    }),
    z.strictObject({
      pagerduty: SecretSchema.describe('Name of the secret that holds the routing key of a service.'),
      url: z
        .url({
          protocol: /^https?$/,
          error: 'is no address; write it like https://events.example.com/v2/enqueue',
        })
        .exactOptional()
        .describe('Where a service takes events as PagerDuty does. Default: PagerDuty itself.')
        .meta({ examples: ['https://events.eu.pagerduty.com/v2/enqueue'] }),
      ...fields,
    }),
  ]);
}

/** Whom something is sent to, and how. Addresses that are keys at the same time are secrets, and never stand in a file. */
export const ReceiverSchema = receiverForms({})
  .describe('Whom it is sent to, and how.')
  .meta({ examples: [{ email: 'ops@example.com' }, { slack: 'ops-channel' }] });

/** A receiver that others of its file know by name. */
export const NamedReceiverSchema = receiverForms({
  fallback: NameSchema.exactOptional()
    .describe('Receiver that is told in its place, when it could not be told for some minutes.')
    .meta({ examples: ['ops-list'] }),
})
  .describe('Whom it is sent to, and how.')
  .meta({ examples: [{ email: 'ops@example.com' }, { slack: 'ops-channel', fallback: 'ops-list' }] });

/** A receiver that others of its file know by name. */
export type NamedReceiver = z.infer<typeof NamedReceiverSchema>;
