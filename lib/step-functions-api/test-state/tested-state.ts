import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { invalidDefinition } from '../definition/diagnose.ts';
import { DEEPEST_DEFINITION, readJson } from '../definition/json-text.ts';
import { ApiFault, validationFault } from '../faults.ts';

/** The state that a request tests. */
export interface TestedState {
  readonly name: string;
  readonly fields: JsonObject;
  readonly type: string;
  readonly queryLanguage: 'JSONata' | 'JSONPath';
}

/** How a state is called that is given alone. */
const ALONE = 'StateName';

/** Reads the state of a definition: the definition itself, or the one of a machine that is named. Throws {@link ApiFault}. */
export function readTestedState(text: string, stateName: string | undefined): TestedState {
  const read = readJson(text, DEEPEST_DEFINITION);
  if ('reason' in read || !isJsonObject(read.value)) {
    const message = 'reason' in read ? read.reason : 'Definition must be a valid JSON object';
    throw invalidDefinition([{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message }]);
  }
  const { value: definition } = read;
  const isMachine = isJsonObject(definition['States']);
  const fields = isMachine ? findState(definition, stateName ?? '') : definition;
  if (fields === undefined) throw validationFault('State not found in definition');
  const { Type: type, QueryLanguage: own } = fields;
  const language = own ?? (isMachine ? definition['QueryLanguage'] : undefined);
  return {
    ...{ name: stateName ?? ALONE, fields },
    type: typeof type === 'string' ? type : '',
    queryLanguage: language === 'JSONata' ? 'JSONata' : 'JSONPath',
  };
}

/** A state by its name, in the machine or in any block of it. */
function findState(block: JsonObject, name: string): JsonObject | undefined {
  const states = block['States'];
  if (!isJsonObject(states)) return undefined;
  const own = Object.hasOwn(states, name) ? states[name] : undefined;
  if (isJsonObject(own)) return own;
  for (const state of Object.values(states)) {
    for (const inner of innerBlocks(state)) {
      const found = findState(inner, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function innerBlocks(state: Json): readonly JsonObject[] {
  if (!isJsonObject(state)) return [];
  const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
  return [...branches, state['ItemProcessor'], state['Iterator']].filter((block) => isJsonObject(block));
}

/** States that a mock can stand in for. */
const MOCKABLE = ['Task', 'Map', 'Parallel'];

/** Demands that a state may be tested so. Throws {@link ApiFault}. */
export function checkTestable(
  { type }: TestedState,
  { isMocked, hasRole }: { readonly isMocked: boolean; readonly hasRole: boolean },
): void {
  if (isMocked) {
    if (MOCKABLE.includes(type)) return;
    throw validationFault(`State type '${type}' is not supported when a mock is specified`);
  }
  if (type === 'Map' || type === 'Parallel') {
    throw new ApiFault(
      'InvalidDefinition',
      'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    );
  }
  if (type === 'Task' && !hasRole)
    throw validationFault('RoleArn must be specified when testing a Task state');
}
