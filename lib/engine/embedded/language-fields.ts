import { isJsonObject, type Json } from '#core/json.ts';
import {
  type IntrinsicCall,
  isIntrinsicCall,
  parseIntrinsicCall,
} from '#expression/json-path/intrinsic-call.ts';
import { isIntrinsicFunction } from '#expression/json-path/intrinsic-functions.ts';
import { parsePath } from '#expression/json-path/parse-path.ts';
import { JsonPathError } from '#expression/json-path/path-error.ts';
import { parseReference } from '#expression/json-path/reference.ts';
import type { QueryLanguage, State } from './definition.ts';
import { type DefinitionPath, type DefinitionReason, schemaReason } from './definition-reason.ts';

/** Fields of one query language that the other does not have (Developer Guide, "Transforming data with JSONata"). */
const ONLY_JSONATA = ['Arguments', 'Output', 'Items', 'Condition'];
const ONLY_JSONPATH = [
  ...[
    'InputPath',
    'OutputPath',
    'Parameters',
    'Result',
    'ResultSelector',
    'ResultPath',
    'ItemsPath',
    'ErrorPath',
  ],
  ...['CausePath', 'SecondsPath', 'TimestampPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath'],
  ...['MaxConcurrencyPath', 'ToleratedFailureCountPath', 'ToleratedFailurePercentagePath', 'MaxItemsPath'],
  ...['MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath', 'condition'],
];

/** Fields whose value is a template or belongs to the author: what is inside is not the machine's own. */
const AUTHORS_OWN = new Set([
  ...['Arguments', 'Output', 'Assign', 'Parameters', 'Result', 'ResultSelector', 'ItemSelector', 'Items'],
  ...['BatchInput', 'Credentials'],
]);
const TEMPLATES = new Set([
  'Assign',
  'Parameters',
  'ResultSelector',
  'ItemSelector',
  'BatchInput',
  'Credentials',
]);
const NESTED_BLOCKS = new Set(['Branches', 'ItemProcessor', 'Iterator']);
/** These also take a call of an intrinsic function. */
const PATHS_OR_CALLS = new Set(['ErrorPath', 'CausePath']);

/** What of a state does not go with its query language. */
export function* languageReasons(
  state: State,
  language: QueryLanguage,
  path: DefinitionPath,
): Generator<DefinitionReason> {
  const foreign = new Set(language === 'JSONata' ? ONLY_JSONPATH : ONLY_JSONATA);
  yield* fieldReasons({ ...state }, { foreign, language, path });
}

interface Site {
  readonly foreign: ReadonlySet<string>;
  readonly language: QueryLanguage;
  readonly path: DefinitionPath;
}

function* fieldReasons(fields: object, site: Site): Generator<DefinitionReason> {
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || NESTED_BLOCKS.has(key)) continue;
    const path = [...site.path, key];
    if (site.foreign.has(key)) {
      // A condition that has been read is a tree; it was written with a Variable.
      const written = key === 'condition' ? [...site.path, 'Variable'] : path;
      yield schemaReason(written, `Field is not supported in ${site.language}`);
    } else if (site.language === 'JSONPath' && TEMPLATES.has(key)) yield* writtenReasons(key, value, path);
    else if (site.language === 'JSONPath' && key.endsWith('Path')) yield* pathReasons(key, value, path);
    else if (!AUTHORS_OWN.has(key)) yield* nestedReasons(value, { ...site, path });
  }
}

function* writtenReasons(key: string, value: Json, path: DefinitionPath): Generator<DefinitionReason> {
  if (key === 'Assign') yield* variableReasons(value, path);
  yield* templateReasons(value, path);
}

/** A name as `Assign` may have it (Developer Guide, "Passing data with variables"). */
const VARIABLE_NAME = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;
const LONGEST_VARIABLE_NAME = 80;

/** In JSONata, the rules for machines tell of names. */
function* variableReasons(assigned: unknown, path: DefinitionPath): Generator<DefinitionReason> {
  if (typeof assigned !== 'object' || assigned === null) return;
  for (const key of Object.keys(assigned)) {
    const name = key.replace(/\.\$$/, '');
    if (VARIABLE_NAME.test(name) && name.length <= LONGEST_VARIABLE_NAME) continue;
    yield schemaReason([...path, key], 'Variable names are identifiers of at most 80 characters');
  }
}

function* pathReasons(key: string, value: unknown, path: DefinitionPath): Generator<DefinitionReason> {
  if (typeof value !== 'string') return;
  if (!(PATHS_OR_CALLS.has(key) ? isReference(value) : isPath(value))) {
    yield schemaReason(path, `The value for the field '${key}' must be a valid JSONPath`);
  } else if (key === 'ResultPath' && !isReferencePath(value)) {
    yield schemaReason(path, 'Value is not a Reference Path');
  }
}

function* nestedReasons(value: unknown, site: Site): Generator<DefinitionReason> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      yield* nestedReasons(entry, { ...site, path: [...site.path, index] });
    }
  } else if (typeof value === 'object' && value !== null) yield* fieldReasons(value, site);
}

function* templateReasons(template: Json, path: DefinitionPath): Generator<DefinitionReason> {
  if (Array.isArray(template)) {
    for (const entry of template) yield* templateReasons(entry, path);
  } else if (isJsonObject(template)) {
    for (const [key, value] of Object.entries(template)) {
      if (!key.endsWith('.$')) yield* templateReasons(value, path);
      else if (typeof value !== 'string' || !isReference(value)) {
        const wanted = 'a valid JSONPath or a valid intrinsic function call';
        yield schemaReason(path, `The value for the field '${key}' must be ${wanted}`);
      }
    }
  }
}

function isReference(text: string): boolean {
  return isIntrinsicCall(text) ? isCall(text) : isPath(text);
}

function isCall(text: string): boolean {
  return isGood(() => {
    if (!isKnown(parseIntrinsicCall(text))) throw new JsonPathError('there is no such function', 0);
  });
}

function isKnown({ name, args }: IntrinsicCall): boolean {
  return isIntrinsicFunction(name) && args.every((arg) => arg.kind !== 'call' || isKnown(arg.call));
}

function isPath(text: string): boolean {
  return isGood(() => parseReference(text));
}

/** Where a result may be put: one place, in the input. */
function isReferencePath(text: string): boolean {
  return isGood(() => {
    if (!parsePath(text).isDefinite) throw new JsonPathError('a Reference Path names one place', 0);
  });
}

function isGood(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof JsonPathError) return false;
    throw error;
  }
}
