import type { z } from 'zod';
import type { JsonObject } from '#core/json.ts';
import { ApiFault } from '../faults.ts';
import type { EncryptionField, LoggingField, TracingField } from '../fields.ts';

/** What a machine has where nothing is said. */
export const NO_LOGGING: JsonObject = { level: 'OFF', includeExecutionData: false };
export const NO_TRACING: JsonObject = { enabled: false };

/** `loggingConfiguration` as it is kept and described. Throws InvalidLoggingConfiguration. */
export function readLogging(logging: z.output<typeof LoggingField> | undefined): JsonObject {
  if (logging === undefined) return NO_LOGGING;
  const { level = 'OFF', includeExecutionData = false, destinations = [] } = logging;
  if (destinations.length > 1 || (level !== 'OFF' && destinations.length === 0)) {
    throw invalidLogging('Must specify exactly one Log Destination.');
  }
  const groups = destinations.map(({ cloudWatchLogsLogGroup: group }) => {
    if (group?.logGroupArn === undefined) throw invalidLogging('Must specify a CloudWatch Logs log group.');
    return { cloudWatchLogsLogGroup: { logGroupArn: group.logGroupArn } };
  });
  return { level, includeExecutionData, ...(groups.length === 0 ? {} : { destinations: groups }) };
}

/** `tracingConfiguration` as it is kept and described. */
export function readTracing(tracing: z.output<typeof TracingField> | undefined): JsonObject {
  return { enabled: tracing?.enabled ?? false };
}

/** Demands that nothing is to be encrypted with a key of the customer's. Throws InvalidEncryptionConfiguration. */
export function checkEncryption(encryption: z.output<typeof EncryptionField> | undefined): void {
  if (encryption === undefined || encryption.type === 'AWS_OWNED_KEY') return;
  throw new ApiFault(
    'InvalidEncryptionConfiguration',
    'Invalid Encryption Configuration: keys of KMS are not served here; leave encryptionConfiguration out',
  );
}

/** Demands that a role is an ARN; no role is taken on here. Throws InvalidArn. */
export function checkRole(roleArn: string): void {
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw new ApiFault('InvalidArn', `Invalid Role Arn: '${roleArn}'`);
  }
}

function invalidLogging(reason: string): ApiFault {
  return new ApiFault('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${reason}`);
}
