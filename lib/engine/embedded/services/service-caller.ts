import { isJsonObject, type Json } from '#core/json.ts';
import { callApiGateway } from './api-gateway.ts';
import type { CallerPorts, ServiceCaller, ServiceRequest } from './caller.ts';
import { callHttpTask } from './http-task.ts';
import { callOptimised } from './optimised-call.ts';
import type { ServiceResource } from './resource.ts';
import { callSdk } from './sdk-call.ts';
import { SdkClients, type SdkOptions } from './sdk-client.ts';
import { unusable } from './service-failure.ts';

/** Calls AWS, or an emulator of it, through the clients of the AWS SDK. Nothing is contacted before a machine asks. */
export class SdkServiceCaller implements ServiceCaller {
  readonly #ports: CallerPorts;
  readonly #clients: SdkClients;

  constructor(ports: CallerPorts, options: SdkOptions) {
    this.#ports = ports;
    this.#clients = new SdkClients(options);
  }

  call(request: ServiceRequest): Promise<Json> {
    const { resource } = request;
    switch (resource.kind) {
      case 'http':
        return callHttpTask(this.#ports, request);
      case 'lambda':
        return this.#invoke(request, resource.arn);
      case 'function':
        return this.#optimised(request, { service: 'lambda', action: 'invoke', pattern: 'request' });
      case 'machine':
        return this.#optimised(request, {
          ...{ service: 'states', action: 'startExecution', pattern: resource.mode },
        });
      default:
        return this.#service(request, resource);
    }
  }

  close(): Promise<void> {
    return this.#clients.close();
  }

  #service(request: ServiceRequest, resource: ServiceResource): Promise<Json> {
    if (resource.isSdk) return this.#sdk(request, resource);
    if (resource.service === 'apigateway') return callApiGateway(this.#ports.http, request);
    return this.#optimised(request, resource);
  }

  async #sdk({ args, ...request }: ServiceRequest, { service, action }: ServiceResource): Promise<Json> {
    const { idempotencyKey, signal } = request;
    const { result } = await callSdk(this.#clients, { service, action, args, idempotencyKey, signal });
    return result;
  }

  #optimised(
    request: ServiceRequest,
    { service, action, pattern }: Pick<ServiceResource, 'service' | 'action' | 'pattern'>,
  ): Promise<Json> {
    return callOptimised({ ...this.#ports, clients: this.#clients }, { service, action, pattern, request });
  }

  /** A function as the whole of a `Resource`: its input is the state's, and its answer the result. */
  async #invoke(request: ServiceRequest, arn: string): Promise<Json> {
    const args = { FunctionName: arn, Payload: request.args };
    const result = await this.#optimised(
      { ...request, args },
      { service: 'lambda', action: 'invoke', pattern: 'request' },
    );
    if (!isJsonObject(result)) throw unusable('The function gave no answer');
    return result['Payload'] ?? null;
  }
}
