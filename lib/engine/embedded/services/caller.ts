import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { ConnectionStore, HttpPort } from './http-port.ts';
import type { TaskResource } from './resource.ts';

/** A task that asks for a service: all but activities. */
export type CallableResource = Exclude<TaskResource, { readonly kind: 'activity' }>;

/** One dispatch of a task. */
export interface ServiceRequest {
  readonly resource: CallableResource;
  /** What the state's `Arguments`, or `Parameters`, came to. */
  readonly args: Json;
  /** The same for each dispatch of one try of the task; services that know such keys do the work once. */
  readonly idempotencyKey: string;
  /** Ends the call. What was started by a `.sync` integration is then stopped, as far as that goes. */
  readonly signal: AbortSignal;
  /** Of a `.sync` integration: what the service answered to an earlier dispatch. The job is awaited, not started again. */
  readonly submitted?: Json | undefined;
  /** Of a `.sync` integration: told of the answer that started the job, before the job is awaited. */
  onSubmitted?(answer: Json): Promise<void> | void;
}

/**
 * Calls services for the states of a machine. Gives what the task gives; of `.waitForTaskToken`, the answer to the call,
 * whose end is a matter of the token. Throws ServiceFailure, whose name is the one that Step Functions reports.
 */
export interface ServiceCaller {
  call(request: ServiceRequest): Promise<Json>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What calling services takes. */
export interface CallerPorts {
  readonly clock: Clock;
  readonly http: HttpPort;
  readonly connections: ConnectionStore;
}
