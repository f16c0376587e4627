import type { z } from 'zod';
import { StepwrightError } from '#core/error.ts';
import { placeBelow } from '#core/json-depth.ts';
import { type ClientMessage, ClientMessageSchema, LIVE_LIMITS } from './protocol.ts';

const DEEPEST = 10;

/** What a client has said. Throws SW4112 for what cannot be understood. */
export function readClientMessage(data: Buffer | string): ClientMessage {
  const bytes = Buffer.byteLength(data);
  if (bytes > LIVE_LIMITS.messageBytes)
    throw notUnderstood(`it has ${bytes} bytes, more than ${LIVE_LIMITS.messageBytes}`);
  const parsed = ClientMessageSchema.safeParse(readJson(data.toString()));
  if (parsed.success) return parsed.data;
  throw notUnderstood(reasonOf(parsed.error));
}

function readJson(text: string): unknown {
  if (placeBelow(text, DEEPEST) !== undefined) throw notUnderstood('it is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    throw notUnderstood('it is no JSON');
  }
}

/** The fault of what was most likely meant: of a union, the option that fails deepest. */
function reasonOf({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }): string {
  const options = issues.flatMap((issue) => (issue.code === 'invalid_union' ? issue.errors : [[issue]]));
  const depth = (option: readonly z.core.$ZodIssue[]): number =>
    Math.max(...option.map(({ path }) => path.length));
  const [likeliest = []] = options.toSorted((one, other) => depth(other) - depth(one));
  return likeliest.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ');
}

function notUnderstood(reason: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4112',
    kind: 'invalid',
    message: `the message is not understood: ${reason.slice(0, 300)}`,
    hint: 'send {"subscribe": {…}} or {"unsubscribe": "…"}, as docs/guide/monitoring.md tells',
  });
}
