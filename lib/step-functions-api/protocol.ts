import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#core/json.ts';
import { ApiFault } from './faults.ts';
import { serializationFault } from './request-faults.ts';

/** A request as it came, its body whole. */
export interface ApiRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is answered. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** AWS JSON 1.0 (Smithy, "AWS JSON 1.0 protocol"): what the SDKs and the AWS CLI speak to Step Functions. */
const CONTENT_TYPE = 'application/x-amz-json-1.0';

const TARGET = /^AWSStepFunctions\.(\w+)$/;

/** The operation that a request asks for. Throws UnknownOperationException. */
export function operationName(request: ApiRequest): string {
  const name = TARGET.exec(request.headers['x-amz-target'] ?? '')?.[1];
  if (name === undefined) throw unknownOperation();
  return name;
}

/** What asks for an operation that is not there. */
export function unknownOperation(): ApiFault {
  return new ApiFault('UnknownOperationException', 'The operation requested is not known to this service.');
}

/** Reads the body; an empty one stands for an empty input. Throws SerializationException. */
export function readBody({ body, headers }: ApiRequest): unknown {
  const type = headers['content-type']?.split(';')[0]?.trim();
  if (type !== CONTENT_TYPE) throw serializationFault(`the Content-Type must be ${CONTENT_TYPE}`);
  if (body.length === 0) return {};
  const parsed = parse(body.toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw serializationFault('the body must be a JSON object');
  }
  return parsed;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw serializationFault('the body is not valid JSON');
  }
}

/** The answer of an operation. */
export function success(output: JsonObject): ApiResponse {
  return respond(200, output);
}

/** The answer to what was refused. */
export function failure({ name, message, status, more }: ApiFault): ApiResponse {
  return respond(status, { __type: name, message, ...more });
}

function respond(status: number, document: JsonObject): ApiResponse {
  return {
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(document),
  };
}
