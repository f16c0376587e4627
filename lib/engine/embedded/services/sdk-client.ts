import { cannotLoad, loadInstalled } from './load-package.ts';
import { sdkPackage } from './sdk-packages.ts';
import { unusable } from './service-failure.ts';

/** What is used of a client of the AWS SDK; all of them have it. */
export interface SdkClient {
  readonly config: { readonly serviceId: string };
  send(command: object, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

/** A client, with what else its package exports: commands and errors by name. */
export interface LoadedClient {
  readonly client: SdkClient;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Where services are, and who calls them. */
export interface SdkOptions {
  /** Variables of the environment: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>. Region and credentials are the SDK's to find. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For all services, before what the environment says. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** Loads a package. Default: what is installed beside this one, or in the folder the process was started in. */
  load?(packageName: string): Promise<unknown>;
}

type ClientClass = new (config: object) => SdkClient;

/** Clients by service, each made when it is first asked for. Nothing is contacted before a call. */
export class SdkClients {
  readonly #options: SdkOptions;
  readonly #clients = new Map<string, Promise<LoadedClient>>();

  constructor(options: SdkOptions) {
    this.#options = options;
  }

  /** The client of a service by its name in a `Resource`. Throws States.Runtime when its package is not installed. */
  get(service: string): Promise<LoadedClient> {
    const found = this.#clients.get(service);
    if (found !== undefined) return found;
    const opened = this.#open(service);
    this.#clients.set(service, opened);
    // A package that is installed later is found then.
    opened.catch(() => this.#clients.delete(service));
    return opened;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#clients.values());
    for (const result of opened) if (result.status === 'fulfilled') result.value.client.destroy();
    this.#clients.clear();
  }

  async #open(service: string): Promise<LoadedClient> {
    const packageName = sdkPackage(service);
    const exports = await this.#load(service, packageName);
    const Client = Object.entries(exports).find(
      ([name, value]) => /^[A-Z]\w*Client$/.test(name) && isClientClass(value),
    )?.[1];
    if (!isClientClass(Client)) throw unusable(`The package ${packageName} has no client`);
    return { client: new Client(sdkSettings(packageName, this.#options)), exports };
  }

  async #load(service: string, packageName: string): Promise<Readonly<Record<string, unknown>>> {
    const load = this.#options.load ?? loadInstalled;
    try {
      const exports = await load(packageName);
      return typeof exports === 'object' && exports !== null ? { ...exports } : {};
    } catch (error) {
      throw cannotLoad(service, packageName, error);
    }
  }
}

/** Settings of a client that are not the SDK's own to find: its endpoint, and the region where one is said. */
export function sdkSettings(
  packageName: string,
  { environment, endpoint, region }: SdkOptions,
): { endpoint?: string; forcePathStyle?: boolean; useQueueUrlAsEndpoint?: boolean; region?: string } {
  const variable = `AWS_ENDPOINT_URL_${endpointName(packageName)}`;
  const url = endpoint ?? environment[variable] ?? environment['AWS_ENDPOINT_URL'];
  const known = region ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  return {
    ...(url === undefined || url === '' ? {} : { endpoint: url, ...AT_AN_ENDPOINT }),
    ...(known === undefined ? {} : { region: known }),
  };
}

/** At an endpoint of one's own, buckets are paths rather than hosts, and a queue's URL does not lead elsewhere. */
const AT_AN_ENDPOINT = { forcePathStyle: true, useQueueUrlAsEndpoint: false };

/** `cloudwatch-logs` → `CLOUDWATCH_LOGS` (AWS SDKs reference guide, "Service-specific endpoints"). */
function endpointName(packageName: string): string {
  return packageName.replace('@aws-sdk/client-', '').replaceAll('-', '_').toUpperCase();
}

function isClientClass(value: unknown): value is ClientClass {
  return typeof value === 'function';
}
