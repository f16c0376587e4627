import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** What is wrong with the shape of a definition, in the words of Step Functions where those are known. */
export interface StructureFault {
  readonly code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET';
  readonly message: string;
  /** JSON pointer; `/` is the machine. */
  readonly location: string;
}

const TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];

type Path = readonly (string | number)[];

/** What a walk through a machine knows everywhere. */
interface Walk {
  readonly isExpress: boolean;
  /** Whether the whole machine is in JSONata. */
  readonly isJsonata: boolean;
}

/**
 * Walks a definition as plain JSON: what must be there, states to go on to that are not, and what an express machine cannot
 * do. It reads no expression and knows no field by its type; that is for the engine's own check.
 */
export function* structureFaults(
  definition: JsonObject,
  type: 'STANDARD' | 'EXPRESS',
): Generator<StructureFault> {
  const walk = { isExpress: type === 'EXPRESS', isJsonata: definition['QueryLanguage'] === 'JSONata' };
  yield* blockFaults(definition, [], walk);
}

function* blockFaults(block: JsonObject, path: Path, walk: Walk): Generator<StructureFault> {
  const missing = ['States', 'StartAt'].filter((field) => block[field] === undefined);
  if (missing.length > 0) yield required(missing, path);
  const { States: states, StartAt: start } = block;
  if (states === undefined) return;
  if (!isJsonObject(states) || Object.keys(states).length === 0) {
    yield schemaFault('Value cannot be empty', [...path, 'States']);
    return;
  }
  if (start !== undefined) yield* targetFaults('StartAt', { value: start, states, path });
  for (const [name, state] of Object.entries(states)) {
    const at = [...path, 'States', name];
    if (isJsonObject(state)) yield* stateFaults(state, { states, path: at, walk });
    else yield schemaFault('Value is not of type Object', at);
  }
}

interface Place {
  readonly states: JsonObject;
  readonly path: Path;
  readonly walk: Walk;
}

function* stateFaults(state: JsonObject, { states, path, walk }: Place): Generator<StructureFault> {
  const { Type: type } = state;
  if (type === undefined) yield required(['Type'], path);
  else if (typeof type !== 'string' || !TYPES.includes(type)) {
    yield schemaFault(`The field 'Type' should have one of these values: [${TYPES.join(', ')}]`, [
      ...path,
      'Type',
    ]);
  }
  if (walk.isJsonata && state['QueryLanguage'] === 'JSONPath') {
    yield schemaFault(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      path,
    );
  }
  if (state['Next'] !== undefined) yield* targetFaults('Next', { value: state['Next'], states, path });
  if (state['Default'] !== undefined)
    yield* targetFaults('Default', { value: state['Default'], states, path });
  for (const list of ['Catch', 'Choices']) {
    for (const [index, rule] of entriesOf(state[list])) {
      const at = [...path, list, index];
      if (rule['Next'] !== undefined) yield* targetFaults('Next', { value: rule['Next'], states, path: at });
    }
  }
  if (walk.isExpress) yield* expressFaults(state['Resource'], [...path, 'Resource']);
  yield* innerFaults(state, path, walk);
}

function* innerFaults(state: JsonObject, path: Path, walk: Walk): Generator<StructureFault> {
  const { Type: type, Branches: branches } = state;
  if (type === 'Parallel' && (!Array.isArray(branches) || branches.length === 0)) {
    yield branches === undefined
      ? required(['Branches'], path)
      : schemaFault('Value cannot be empty', [...path, 'Branches']);
  }
  for (const [index, branch] of entriesOf(branches)) {
    yield* blockFaults(branch, [...path, 'Branches', index], walk);
  }
  if (type !== 'Map') return;
  const field =
    state['ItemProcessor'] === undefined && state['Iterator'] !== undefined ? 'Iterator' : 'ItemProcessor';
  const processor = state[field];
  if (isJsonObject(processor)) yield* blockFaults(processor, [...path, field], walk);
  else yield required(['ItemProcessor'], path);
}

/** Step Functions, "Choosing workflow type": an express machine waits for nobody. */
function* expressFaults(resource: Json | undefined, path: Path): Generator<StructureFault> {
  if (typeof resource !== 'string') return;
  const refused = 'Express state machine does not support';
  if (resource.endsWith('.waitForTaskToken')) {
    yield schemaFault(`${refused} '.waitForTaskToken' service integration `, path);
  } else if (/\.sync(?::2)?$/.test(resource)) {
    yield schemaFault(`${refused} '.sync' service integration`, path);
  } else if (/^arn:[\w-]+:states:[^:]*:[^:]*:activity:/.test(resource)) {
    yield schemaFault(`${refused} Activity ARN`, path);
  }
}

interface Target {
  readonly value: Json;
  readonly states: JsonObject;
  readonly path: Path;
}

function* targetFaults(field: string, { value, states, path }: Target): Generator<StructureFault> {
  if (typeof value === 'string' && Object.hasOwn(states, value)) return;
  yield {
    code: 'MISSING_TRANSITION_TARGET',
    message: `Missing '${field}' target: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    location: pointer([...path, field]),
  };
}

function entriesOf(value: Json | undefined): readonly (readonly [number, JsonObject])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Json, index) => (isJsonObject(entry) ? [[index, entry] as const] : []));
}

function required(fields: readonly string[], path: Path): StructureFault {
  return schemaFault(`These fields are required: [${fields.join(', ')}]`, path);
}

function schemaFault(message: string, path: Path): StructureFault {
  return { code: 'SCHEMA_VALIDATION_FAILED', message, location: pointer(path) };
}

/** Such as `/States/a/Catch/0/Next`. */
export function pointer(path: Path): string {
  return `/${path.join('/')}`;
}
