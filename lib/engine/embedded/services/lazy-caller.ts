import type { Json } from '#core/json.ts';
import type { CallerPorts, ServiceCaller, ServiceRequest } from './caller.ts';
import type { SdkOptions } from './sdk-client.ts';

/** Calls services as `SdkServiceCaller` does, but loads what that takes when the first machine asks. */
export class LazyServiceCaller implements ServiceCaller {
  readonly #ports: CallerPorts;
  readonly #options: SdkOptions;
  #opened: Promise<ServiceCaller> | undefined;

  constructor(ports: CallerPorts, options: SdkOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  async call(request: ServiceRequest): Promise<Json> {
    this.#opened ??= this.#open();
    return (await this.#opened).call(request);
  }

  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }

  async #open(): Promise<ServiceCaller> {
    const { SdkServiceCaller } = await import('./service-caller.ts');
    return new SdkServiceCaller(this.#ports, this.#options);
  }
}
