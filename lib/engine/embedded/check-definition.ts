import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { type Block, type MachineDefinition, MachineDefinitionSchema, type State } from './definition.ts';

/** Why a definition is refused, and where in it. */
export interface DefinitionFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Parses and checks a definition as Step Functions does when it is created. Throws SW4011 with every reason. */
export function parseDefinition(name: string, definition: JsonObject): MachineDefinition {
  const { machine, faults } = readDefinition(definition);
  if (machine !== undefined) return machine;
  const reasons = faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new StepwrightError({
    code: 'SW4011',
    kind: 'invalid',
    message: `machine "${name}" is not valid: ${reasons.slice(0, 10).join('; ')}`,
    hint: 'see the Amazon States Language specification',
  });
}

/** Reads a definition, and tells all that is wrong with it; `machine` is there when nothing is. */
export function readDefinition(definition: JsonObject): {
  readonly machine: MachineDefinition | undefined;
  readonly faults: readonly DefinitionFault[];
} {
  const parsed = MachineDefinitionSchema.safeParse(definition);
  const faults: DefinitionFault[] = parsed.success
    ? [...blockFaults(parsed.data, [], new Set())]
    : parsed.error.issues.map(({ path, message }) => ({
        path: path.filter((key) => typeof key !== 'symbol'),
        message,
      }));
  return { machine: faults.length === 0 ? parsed.data : undefined, faults };
}

/** What is wrong in a machine, branch or processor: places to go that are not there, names used twice, no way to end. */
function* blockFaults(
  block: Block,
  at: DefinitionFault['path'],
  names: Set<string>,
): Generator<DefinitionFault> {
  if (block.States[block.StartAt] === undefined)
    yield { path: [...at, 'StartAt'], message: `StartAt names no state: "${block.StartAt}"` };
  for (const [name, state] of Object.entries(block.States)) {
    const path = [...at, 'States', name];
    if (names.has(name)) yield { path, message: 'the name stands twice in the machine' };
    names.add(name);
    for (const target of targets(state))
      if (block.States[target] === undefined)
        yield { path, message: `there is no state "${target}" to go to` };
    for (const message of endReasons(state)) yield { path, message };
    for (const [place, inner] of nestedBlocks(state)) yield* blockFaults(inner, [...path, ...place], names);
  }
}

function* endReasons(state: State): Generator<string> {
  if (!('Next' in state || 'End' in state)) return;
  if ((state.Next === undefined) === (state.End !== true)) yield 'it has either Next, or End: true';
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    yield 'it has either Seconds or Timestamp';
  }
}

function targets(state: State): string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const caught = 'Catch' in state ? state.Catch.map((catcher) => catcher.Next) : [];
  const chosen =
    state.Type === 'Choice'
      ? [
          ...state.Choices.map((choice) => choice.Next),
          ...(state.Default === undefined ? [] : [state.Default]),
        ]
      : [];
  return [...next, ...caught, ...chosen];
}

function nestedBlocks(state: State): readonly (readonly [DefinitionFault['path'], Block])[] {
  if (state.Type === 'Parallel')
    return state.Branches.map((branch, index) => [['Branches', index], branch] as const);
  return state.Type === 'Map' ? [[['ItemProcessor'], state.ItemProcessor]] : [];
}
