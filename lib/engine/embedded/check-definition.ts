import { StepwrightError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { readMachineExpression } from '#expression/delimiters.ts';
import {
  type Block,
  type MachineDefinition,
  MachineDefinitionSchema,
  nestedBlocks,
  type QueryLanguage,
  type State,
} from './definition.ts';
import {
  type DefinitionPath,
  type DefinitionReason,
  reasonText,
  schemaReason,
  schemaReasons,
} from './definition-reason.ts';
import { languageReasons } from './language-fields.ts';
import { readTaskResource } from './services/resource.ts';
import { parseTimestamp } from './timestamp.ts';

/** Reasons that an error tells; a definition that is wrong throughout would fill pages. */
const MAX_TOLD = 10;
/** Blocks inside blocks; what is deeper is no definition but an attack on the stack. */
const MAX_DEPTH = 50;

/** Largest definition in bytes (AWS Step Functions, "Quotas": 1 MB for the definition of a state machine). */
const MAX_BYTES = 1_048_576;

/** A definition that Step Functions would take, or every reason why it would not. */
export type CheckedDefinition =
  | { readonly machine: MachineDefinition }
  | { readonly reasons: readonly DefinitionReason[] };

/** Checks a definition as Step Functions does when a machine is created. Each state of the result has its query language. */
export function checkDefinition(definition: JsonObject): CheckedDefinition {
  if (depthOf(definition) > 10 * MAX_DEPTH) {
    return { reasons: [schemaReason([], `the definition is nested more than ${10 * MAX_DEPTH} deep`)] };
  }
  if (Buffer.byteLength(JSON.stringify(definition)) > MAX_BYTES) {
    return { reasons: [schemaReason([], `the definition has more than ${MAX_BYTES} bytes`)] };
  }
  const parsed = MachineDefinitionSchema.safeParse(definition);
  if (!parsed.success) return { reasons: schemaReasons(parsed.error.issues) };
  const machine = parsed.data;
  const reasons = [...blockReasons(machine, { path: [], language: machine.QueryLanguage, names: new Set() })];
  return reasons.length > 0
    ? { reasons }
    : { machine: { ...machine, ...withLanguage(machine, machine.QueryLanguage) } };
}

/** Parses and checks a definition. Throws SW4011 with the reasons. */
export function parseDefinition(name: string, definition: JsonObject): MachineDefinition {
  const checked = checkDefinition(definition);
  if ('machine' in checked) return checked.machine;
  const told = checked.reasons.slice(0, MAX_TOLD).map(reasonText);
  const more = checked.reasons.length - told.length;
  throw new StepwrightError({
    code: 'SW4011',
    kind: 'invalid',
    message: `machine "${name}" is not valid: ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    hint: 'see the Amazon States Language specification',
  });
}

interface Site {
  readonly path: DefinitionPath;
  readonly language: QueryLanguage;
  readonly names: Set<string>;
}

function* blockReasons(block: Block, site: Site): Generator<DefinitionReason> {
  if (!Object.hasOwn(block.States, block.StartAt)) {
    yield missing([...site.path, 'StartAt'], `Missing 'StartAt' target: ${block.StartAt}`);
  }
  for (const [name, state] of Object.entries(block.States)) {
    const path = [...site.path, 'States', name];
    if (site.names.has(name)) {
      yield { code: 'DUPLICATE_STATE_NAME', message: `Duplicate State name: ${name}`, path };
    }
    site.names.add(name);
    for (const [field, target] of targets(state)) {
      if (!Object.hasOwn(block.States, target))
        yield missing([...path, ...field], `Missing 'Next' target: ${target}`);
    }
    yield* stateReasons(state, { ...site, path });
  }
}

function missing(path: DefinitionPath, message: string): DefinitionReason {
  return { code: 'MISSING_TRANSITION_TARGET', message, path };
}

function* stateReasons(state: State, site: Site): Generator<DefinitionReason> {
  const { path } = site;
  const language = state.QueryLanguage ?? site.language;
  if (language === 'JSONPath' && site.language === 'JSONata') {
    yield schemaReason(
      [...path, 'QueryLanguage'],
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    );
  }
  yield* languageReasons(state, language, path);
  if (state.Type !== 'Succeed' && state.Type !== 'Fail' && state.Type !== 'Choice')
    yield* endReasons(state, path);
  if (state.Type === 'Task') yield* resourceReasons(state.Resource, path);
  if (state.Type === 'Wait') yield* waitReasons(state, language, path);
  if ('Retry' in state) {
    yield* allReasons(state.Retry, [...path, 'Retry']);
    yield* allReasons(state.Catch, [...path, 'Catch']);
  }
  if (state.Type === 'Map' && state.ItemProcessor === undefined && state.Iterator === undefined) {
    yield schemaReason(path, 'These fields are required: [ItemProcessor]');
    return;
  }
  for (const [index, inner] of nestedBlocks(state).entries()) {
    const at =
      state.Type === 'Parallel'
        ? ['Branches', index]
        : [state.Type === 'Map' && state.Iterator ? 'Iterator' : 'ItemProcessor'];
    yield* blockReasons(inner, { ...site, path: [...path, ...at] });
  }
}

/** A resource that no service has. One that is there and not served here may be mocked. */
function* resourceReasons(resource: string, path: DefinitionPath): Generator<DefinitionReason> {
  if (resource.includes('${')) return;
  const read = readTaskResource(resource);
  if ('refused' in read && !read.isKnown) yield schemaReason([...path, 'Resource'], read.refused);
}

function* endReasons(
  state: Exclude<State, { Type: 'Succeed' | 'Fail' | 'Choice' }>,
  path: DefinitionPath,
): Generator<DefinitionReason> {
  if ((state.Next === undefined) === (state.End !== true)) {
    yield schemaReason(path, "A state has either 'Next', or 'End': true");
  }
}

function* waitReasons(
  state: Extract<State, { Type: 'Wait' }>,
  language: QueryLanguage,
  path: DefinitionPath,
): Generator<DefinitionReason> {
  const fields = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'] as const;
  if (fields.filter((field) => state[field] !== undefined).length !== 1) {
    yield schemaReason(path, `Exactly one of these fields is required: [${fields.join(', ')}]`);
  }
  const { Timestamp } = state;
  if (Timestamp === undefined || (language === 'JSONata' && readMachineExpression(Timestamp) !== undefined))
    return;
  if (parseTimestamp(Timestamp) === undefined) {
    yield schemaReason([...path, 'Timestamp'], 'String does not match RFC3339 timestamp');
  }
}

/** `States.ALL` stands alone, and last. */
function* allReasons(
  handlers: readonly { readonly ErrorEquals: readonly string[] }[],
  path: DefinitionPath,
): Generator<DefinitionReason> {
  for (const [index, { ErrorEquals }] of handlers.entries()) {
    if (!ErrorEquals.includes('States.ALL')) continue;
    const at = [...path, index, 'ErrorEquals'];
    if (ErrorEquals.length > 1) yield schemaReason(at, 'States.ALL must appear alone');
    if (index < handlers.length - 1) yield schemaReason(at, 'States.ALL must appear in the last entry');
  }
}

function targets(state: State): readonly (readonly [field: DefinitionPath, target: string])[] {
  const own = 'Next' in state && state.Next !== undefined ? [[['Next'], state.Next] as const] : [];
  const caught =
    'Catch' in state ? state.Catch.map(({ Next }, index) => [['Catch', index, 'Next'], Next] as const) : [];
  if (state.Type !== 'Choice') return [...own, ...caught];
  const chosen = state.Choices.map(({ Next }, index) => [['Choices', index, 'Next'], Next] as const);
  return state.Default === undefined ? chosen : [...chosen, [['Default'], state.Default]];
}

function withLanguage<B extends Block>(block: B, language: QueryLanguage): B {
  const States = Object.entries(block.States).map(
    ([name, state]) => [name, stateWithLanguage(state, language)] as const,
  );
  return { ...block, States: Object.fromEntries(States) };
}

function stateWithLanguage(state: State, language: QueryLanguage): State {
  const QueryLanguage = state.QueryLanguage ?? language;
  if (state.Type === 'Parallel') {
    return {
      ...state,
      QueryLanguage,
      Branches: state.Branches.map((branch) => withLanguage(branch, language)),
    };
  }
  if (state.Type !== 'Map') return { ...state, QueryLanguage };
  const { ItemProcessor, Iterator } = state;
  return {
    ...{ ...state, QueryLanguage },
    ...(ItemProcessor === undefined ? {} : { ItemProcessor: withLanguage(ItemProcessor, language) }),
    ...(Iterator === undefined ? {} : { Iterator: withLanguage(Iterator, language) }),
  };
}

/** How deep a value is nested, without recursion: it may be hostile. */
function depthOf(value: Json): number {
  let level: readonly Json[] = [value];
  let depth = 0;
  for (; level.length > 0 && depth <= 10 * MAX_DEPTH; depth++) {
    level = level.flatMap((entry) =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return depth;
}
