import { createHmac } from 'node:crypto';
import { DeliveryFailure } from '../failure.ts';

/** How keys begin (Standard Webhooks, "Signature scheme"). */
const PREFIX = 'whsec_';
/** How long keys are, in bytes (the same). */
const SHORTEST_KEY = 24;
const LONGEST_KEY = 64;

/** What is signed. */
export interface SignedWebhook {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * Headers by which a receiver knows who has sent a body, and when: those of Standard Webhooks (https://www.standardwebhooks.com), an
 * HMAC-SHA256 of `id.timestamp.body`. While a key is being changed, `secret` holds several with spaces between, and there is a
 * signature by each. Throws {@link DeliveryFailure} for a secret that is no key.
 */
export function webhookHeaders(
  { id, timestamp, body }: SignedWebhook,
  secret: { readonly name: string; readonly value: string },
): Record<string, string> {
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = keysOf(secret).map(
    (key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  return { 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

function keysOf({ name, value }: { readonly name: string; readonly value: string }): readonly Buffer[] {
  return value.split(/\s+/).map((text) => {
    const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
    const key = Buffer.from(encoded, 'base64');
    const isKey = /^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded);
    if (isKey && key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY) return key;
    throw new DeliveryFailure(
      `the secret "${name}" is no key: ${SHORTEST_KEY} to ${LONGEST_KEY} random bytes in base64, after ${PREFIX}`,
      { isFinal: true, hint: `make one: echo "${PREFIX}$(openssl rand -base64 32)"` },
    );
  });
}
