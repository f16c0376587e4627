/**
 * Physical names that parts agree on without a reference between their stacks, which would make a cycle: functions
 * start machines, and machines call functions.
 */

/** Every state machine, rule and queue of ours begins with this. */
export const PREFIX = 'stepwright';

/** Prefix of state machine names on AWS; the rest is the machine's name as the compiler gives it. */
export const MACHINE_PREFIX = `${PREFIX}-`;

/** Indexes of the table. */
export const INDEXES = ['gsi1', 'gsi2'] as const;

/** Transports that the stacks can be built for. */
export const TRANSPORTS = ['iot-core', 'broker'] as const;

/** How commands leave for devices. */
export type TransportName = (typeof TRANSPORTS)[number];

/** What differs between deployments. Read from CDK context (`-c name=value`) in `bin/app.ts`. */
export interface DeploymentOptions {
  /** `ministack`, `localstack`, or undefined on AWS itself. */
  readonly emulator: string | undefined;
  /** `iot-core`, or `broker` for any MQTT broker. */
  readonly transport: TransportName;
  /** URL of the broker, for transport `broker`. */
  readonly brokerUrl: string | undefined;
  /** Hosts of private networks that `http` steps may call, with commas between; undefined for none. */
  readonly allowedHosts: string | undefined;
  /** Address that mails are from, which SES knows to be ours; undefined: no mails are sent. */
  readonly mailFrom: string | undefined;
  /** Where people reach the API, for links that are sent to them; undefined: at its own address. */
  readonly publicUrl: string | undefined;
  /** How long each kind of what is on record is kept, such as `executions=30d,events=3d`. */
  readonly retain: string;
  /** Folder of the project whose workflows are deployed. */
  readonly project: string;
}
