import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { type Block, type MachineDefinition, MachineDefinitionSchema, type State } from './definition.ts';

/** Parses and checks a definition as Step Functions does when it is created. Throws SW4011 with every reason. */
export function parseDefinition(name: string, definition: JsonObject): MachineDefinition {
  const parsed = MachineDefinitionSchema.safeParse(definition);
  const reasons = parsed.success
    ? [...blockReasons(parsed.data, '', new Set())]
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (parsed.success && reasons.length === 0) return parsed.data;
  throw new StepwrightError({
    code: 'SW4011',
    kind: 'invalid',
    message: `machine "${name}" is not valid: ${reasons.slice(0, 10).join('; ')}`,
    hint: 'see the Amazon States Language specification',
  });
}

/** What is wrong in a machine, branch or processor: places to go that are not there, names used twice, no way to end. */
function* blockReasons(block: Block, at: string, names: Set<string>): Generator<string> {
  if (block.States[block.StartAt] === undefined) yield `${at}StartAt names no state: "${block.StartAt}"`;
  for (const [name, state] of Object.entries(block.States)) {
    const place = `${at}${name}`;
    if (names.has(name)) yield `${place}: the name stands twice in the machine`;
    names.add(name);
    for (const target of targets(state)) {
      if (block.States[target] === undefined) yield `${place}: there is no state "${target}" to go to`;
    }
    yield* endReasons(state, place);
    for (const [index, inner] of nestedBlocks(state).entries())
      yield* blockReasons(inner, `${place}[${index}].`, names);
  }
}

function* endReasons(state: State, place: string): Generator<string> {
  if (!('Next' in state || 'End' in state)) return;
  if ((state.Next === undefined) === (state.End !== true)) yield `${place}: it has either Next, or End: true`;
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    yield `${place}: it has either Seconds or Timestamp`;
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

function nestedBlocks(state: State): readonly Block[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}
