import type { Json } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { guardedHttp } from '#embedded/service-http.ts';
import type { CallableResource, ServiceRequest } from '#engine/embedded/services/caller.ts';
import { type ConnectionStore, NO_CONNECTIONS } from '#engine/embedded/services/http-port.ts';
import { LazyServiceCaller } from '#engine/embedded/services/lazy-caller.ts';
import { readTaskResource } from '#engine/embedded/services/resource.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';
import type { Wire } from '#support/wire.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

/** Credentials that the SDK finds by itself, as it does everywhere; one try, so that nothing is slept over. */
export function useTestCredentials(): void {
  Object.assign(process.env, CREDENTIALS, { AWS_MAX_ATTEMPTS: '1' });
}

/** How a call is made in tests. */
export interface CallOptions extends Partial<Omit<ServiceRequest, 'resource' | 'args'>> {
  readonly clock?: VirtualClock;
  readonly connections?: ConnectionStore;
  load?(packageName: string): Promise<unknown>;
}

/** A caller whose services are all at a wire. */
export function callerAt(wire: Wire, options: CallOptions = {}): LazyServiceCaller {
  const { clock = new VirtualClock(), connections = NO_CONNECTIONS, load } = options;
  return new LazyServiceCaller(
    { clock, connections, http: guardedHttp(new Set([wire.host])) },
    { environment: { AWS_ENDPOINT_URL: wire.endpoint, AWS_REGION: 'us-east-1' }, ...(load && { load }) },
  );
}

/** Calls a resource, such as `sqs:sendMessage`, at a wire. */
export async function callAt(wire: Wire, name: string, args: Json, options: CallOptions = {}): Promise<Json> {
  const caller = callerAt(wire, options);
  try {
    return await caller.call({
      ...{ resource: resourceOf(name), args, idempotencyKey: 'run:4' },
      signal: new AbortController().signal,
      ...options,
    });
  } finally {
    await caller.close();
  }
}

/** A resource by its name after `arn:aws:states:::`, or by its whole ARN. */
export function resourceOf(name: string): CallableResource {
  const found = readTaskResource(name.startsWith('arn:') ? name : `arn:aws:states:::${name}`);
  if ('refused' in found || found.resource.kind === 'activity') throw new Error(JSON.stringify(found));
  return found.resource;
}

/** The name and cause that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<{ name: string; cause: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ServiceFailure) return { name: error.name, cause: error.message };
    throw error;
  }
  throw new Error('the call did not fail');
}
