import type { OptimisedService } from './optimised.ts';
import { javaServiceName } from './sdk-packages.ts';
import { ServiceFailure } from './service-failure.ts';

/** How the errors of a service are named, and their causes written. */
export interface FailureStyle {
  /** `DynamoDB`, in `DynamoDB.ConditionalCheckFailedException`. */
  readonly prefix: string;
  /** What an error is called that the service's own description does not name. */
  readonly errorName: string;
  readonly causeName: string;
  readonly sdkVersion: 1 | 2;
}

/** The style of an SDK integration, by the id that the service has in its client. */
export function sdkStyle(serviceId: string): FailureStyle {
  const name = javaServiceName(serviceId);
  return { prefix: name, errorName: `${name}Exception`, causeName: name, sdkVersion: 2 };
}

/** The style of an optimised integration. */
export function optimisedStyle(service: OptimisedService): FailureStyle {
  const { errorPrefix, errorName, causeName, usesSdk2 } = service;
  return { prefix: errorPrefix, errorName, causeName, sdkVersion: usesSdk2 === true ? 2 : 1 };
}

/**
 * What Step Functions reports for an error of the SDK. `exports` are those of the client's package: an error that has a
 * class there goes by its own name, any other by the service's.
 */
export function failureOf(
  error: unknown,
  style: FailureStyle,
  exports: Readonly<Record<string, unknown>>,
): ServiceFailure {
  if (!(error instanceof Error))
    return new ServiceFailure(`${style.prefix}.SdkClientException`, String(error));
  const { $metadata: metadata } = readDetails(error);
  const status = metadata['httpStatusCode'];
  if (typeof status !== 'number' || !('$fault' in error)) {
    return new ServiceFailure(`${style.prefix}.SdkClientException`, clientCause(error), { cause: error });
  }
  const name = isDescribed(error, exports) ? javaExceptionName(error.name) : style.errorName;
  const cause = style.sdkVersion === 1 ? causeOfSdk1(error, style) : causeOfSdk2(error, style);
  return new ServiceFailure(`${style.prefix}.${name}`, cause, { cause: error });
}

function readDetails(error: Error): { $metadata: Readonly<Record<string, unknown>>; code: string } {
  const metadata: unknown = Reflect.get(error, '$metadata');
  const code: unknown = Reflect.get(error, 'Code');
  return {
    $metadata: typeof metadata === 'object' && metadata !== null ? { ...metadata } : {},
    code: typeof code === 'string' ? code : error.name,
  };
}

/** An error that the service describes has a class of its own; what it does not describe comes as the base class. */
function isDescribed(error: Error, exports: Readonly<Record<string, unknown>>): boolean {
  const described = exports[error.name];
  return typeof described === 'function' && error instanceof described;
}

/** Java ends the names of all exceptions alike: `NoSuchKey` and `NoSuchKeyFault` → `NoSuchKeyException`. */
function javaExceptionName(name: string): string {
  if (name.endsWith('Exception')) return name;
  return `${name.replace(/Fault$/, '')}Exception`;
}

function causeOfSdk1(error: Error, { causeName }: FailureStyle): string {
  const { $metadata: metadata, code } = readDetails(error);
  const details = [
    `Service: ${causeName}`,
    `Status Code: ${String(metadata['httpStatusCode'])}`,
    `Error Code: ${code}`,
    `Request ID: ${String(metadata['requestId'] ?? 'null')}`,
    'Proxy: null',
  ];
  return `${error.message} (${details.join('; ')})`;
}

function causeOfSdk2(error: Error, { causeName }: FailureStyle): string {
  const { $metadata: metadata } = readDetails(error);
  const extended = metadata['extendedRequestId'];
  const details = [
    `Service: ${causeName}`,
    `Status Code: ${String(metadata['httpStatusCode'])}`,
    `Request ID: ${String(metadata['requestId'] ?? 'null')}`,
    ...(typeof extended === 'string' ? [`Extended Request ID: ${extended}`] : []),
  ];
  return `${error.message} (${details.join(', ')}) (SDK Attempt Count: ${String(metadata['attempts'] ?? 1)})`;
}

/** No answer came: no connection, no credentials, no region. */
function clientCause(error: Error): string {
  if (error.name.startsWith('Credentials') || error.name === 'TokenProviderError') {
    return `Unable to load AWS credentials: ${error.message}`;
  }
  return error.message === 'Region is missing'
    ? 'Unable to find a region: set AWS_REGION'
    : `Unable to execute HTTP request: ${error.message}`;
}
