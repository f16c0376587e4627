import { isJsonObject, type JsonObject } from '#core/json.ts';
import { DEEPEST_DATA, readJson } from '../definition/json-text.ts';
import { type ApiFault, validationFault } from '../faults.ts';
import type { TestedState } from './tested-state.ts';

/** What a context object of one's own may have (Developer Guide, "Accessing the Context object"). */
const FIELDS: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'any'>>>> = {
  Execution: {
    ...{ Id: 'string', Input: 'any', Name: 'string', RoleArn: 'string', StartTime: 'string' },
    ...{ RedriveCount: 'number', RedriveTime: 'string' },
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

/** Reads the context object that a state is tested with. Throws ValidationException. */
export function readContext(text: string, { fields }: TestedState): JsonObject {
  const read = readJson(text, DEEPEST_DATA);
  if ('reason' in read || !isJsonObject(read.value)) throw invalid('Context object must be a JSON object');
  for (const [name, part] of Object.entries(read.value)) checkPart(name, part);
  const { Resource: resource } = fields;
  const hasToken = typeof resource === 'string' && /\.(?:sync|waitForTaskToken)/.test(resource);
  if (Object.hasOwn(read.value, 'Task') && !hasToken) {
    throw invalid(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  }
  return read.value;
}

function checkPart(name: string, part: unknown): void {
  if (name === 'Map') throw invalid("'Map' field is not supported when mocking a Context object");
  const known = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (known === undefined) throw invalid(`Field '${name}' is not allowed`);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) {
    throw invalid(`${name} must be an object`);
  }
  for (const [field, value] of Object.entries(part)) {
    const type = Object.hasOwn(known, field) ? known[field] : undefined;
    if (type === undefined) throw invalid(`Field '${field}' is not allowed`);
    if (type !== 'any' && typeof value !== type) throw invalid(`${name}.${field} must be a ${type}`);
  }
}

function invalid(reason: string): ApiFault {
  return validationFault(`Invalid Context object provided: ${reason}`);
}
