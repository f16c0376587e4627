import type { z } from 'zod';
import { ApiFault, validationFault } from './faults.ts';

type Issue = z.core.$ZodIssue;

/** Longest value that a message repeats, in characters. */
const LONGEST_ECHO = 2_048;

/** What Step Functions answers to members that do not fit their shapes: of wrong types, else of wrong values, all of them. */
export function requestFault(issues: readonly Issue[], body: unknown): ApiFault {
  const wrongType = issues.find(isWrongType);
  if (wrongType !== undefined) return serializationFault(typeMessage(valueAt(body, wrongType.path)));
  const count = `${issues.length} validation error${issues.length === 1 ? '' : 's'} detected`;
  return validationFault(`${count}: ${issues.map((issue) => describe(issue, body)).join('; ')}`);
}

/** A body that cannot be read as the operation's input. */
export function serializationFault(message: string): ApiFault {
  return new ApiFault('SerializationException', message);
}

function isWrongType({ code, input }: Issue): boolean {
  if (input === undefined || input === null) return false;
  return code === 'invalid_type' || (code === 'invalid_value' && typeof input !== 'string');
}

/** How the service calls the JSON that it did not expect. */
function typeMessage(value: unknown): string {
  if (Array.isArray(value)) return 'Start of list found where not expected';
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE cannot be converted to the type of the member';
    case 'number':
      return 'NUMBER_VALUE cannot be converted to the type of the member';
    case 'boolean':
      return `${String(value).toUpperCase()}_VALUE cannot be converted to the type of the member`;
    default:
      return 'Start of structure or map found where not expected.';
  }
}

function describe(issue: Issue, body: unknown): string {
  const value = valueAt(body, issue.path);
  const shown = value === undefined || value === null ? 'null' : `'${echo(value)}'`;
  return `Value ${shown} at '${memberPath(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`;
}

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${bare(issue.pattern ?? '')}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    default:
      return 'Member must not be null';
  }
}

function measure(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}

/** A pattern without the slashes of its literal. */
function bare(pattern: string): string {
  return pattern.replace(/^\/(.*)\/[a-z]*$/s, '$1');
}

/** Such as `routingConfiguration.1.member.weight`: the service counts members from 1. */
function memberPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : String(part))).join('.');
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? Reflect.get(value, part)
        : undefined,
    body,
  );
}

/** A list is told by its length: what is in it may be of any depth. */
function echo(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.length} members]` : String(value);
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
}
