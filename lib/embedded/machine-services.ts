import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { ServiceCaller, ServiceRequest } from '#engine/embedded/services/caller.ts';
import { NO_CONNECTIONS } from '#engine/embedded/services/http-port.ts';
import { LazyServiceCaller } from '#engine/embedded/services/lazy-caller.ts';
import { S3Objects } from '#engine/embedded/services/s3-objects.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';
import type { ServiceOptions } from '#engine/embedded/task-services.ts';
import { guardedHttp } from './service-http.ts';

/** What the tasks of machines may reach outside this process. */
export interface ServiceSettings {
  readonly clock: Clock;
  /** Hosts of private networks that may be called. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Where AWS is, and with which credentials; undefined: machines may not call it. */
  readonly aws: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The services of a process. Calls over HTTP are always there, under the rules of `http` steps. AWS is called with the
 * credentials of the process, so only where whoever started it has said so.
 */
export function machineServices({ clock, allowedHosts, aws }: ServiceSettings): ServiceOptions {
  const ports = { clock, http: guardedHttp(allowedHosts), connections: NO_CONNECTIONS };
  const sdk = { environment: aws ?? {} };
  const caller = new LazyServiceCaller(ports, sdk);
  return aws === undefined
    ? { services: new HttpOnly(caller) }
    : { services: caller, objects: new S3Objects(sdk) };
}

/** Lets calls over HTTP through, and tells how AWS comes to be called. */
class HttpOnly implements ServiceCaller {
  readonly #caller: ServiceCaller;

  constructor(caller: ServiceCaller) {
    this.#caller = caller;
  }

  async call(request: ServiceRequest): Promise<Json> {
    const { resource } = request;
    const isHttp =
      resource.kind === 'http' || (resource.kind === 'service' && resource.service === 'apigateway');
    if (isHttp) return this.#caller.call(request);
    const what = resource.kind === 'service' ? resource.service : resource.kind;
    throw new ServiceFailure(
      'States.Runtime',
      `AWS is not called from here (${what}): start with --aws to let machines use the AWS credentials of this process`,
    );
  }

  close(): Promise<void> {
    return this.#caller.close();
  }
}
