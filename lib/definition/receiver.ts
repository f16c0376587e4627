import { z } from 'zod';
import { NameSchema } from './fields.ts';

const SecretSchema = z
  .string()
  .min(1)
  .meta({ examples: ['ops-channel'] });

/** Whom something is sent to, and how. Addresses that are keys at the same time are secrets, and never stand in a file. */
export const ReceiverSchema = z
  .union([
    z.strictObject({
      topic: NameSchema.describe('Topic of notifications; who listens to it is told.').meta({
        examples: ['plant-alerts'],
      }),
    }),
    z.strictObject({
      email: z
        .email('is no address; write it like ops@example.com')
        .describe('Address of a person or a list.')
        .meta({ examples: ['ops@example.com'] }),
    }),
    z.strictObject({
      webhook: z
        .strictObject({
          url: z
            .url({ protocol: /^https$/, error: 'is no https address' })
            .describe('Where it is posted to as JSON.')
            .meta({ examples: ['https://hooks.example.com/stepwright'] }),
          secret: SecretSchema.optional().describe('Name of the secret that it is signed with.'),
        })
        .describe('A service that takes it as JSON.'),
    }),
    z.strictObject({
      slack: SecretSchema.describe('Name of the secret that holds the URL of a Slack-compatible webhook.'),
    }),
    z.strictObject({
      pagerduty: SecretSchema.describe('Name of the secret that holds the routing key of a service.'),
    }),
  ])
  .describe('Whom it is sent to, and how.')
  .meta({ examples: [{ email: 'ops@example.com' }, { slack: 'ops-channel' }] });
