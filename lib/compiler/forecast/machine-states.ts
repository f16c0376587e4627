import { isJsonObject, type JsonObject } from '#core/json.ts';
import { bodiesOf, statesOf } from './visits.ts';

/** A state besides the one in which its step does its work, and why States Language needs it. */
export interface ExtraState {
  readonly name: string;
  readonly reason: string;
}

/** The states of a machine. */
export interface MachineStates {
  readonly count: number;
  readonly steps: number;
  /** Size of the definition in bytes. */
  readonly bytes: number;
  readonly extra: readonly ExtraState[];
}

/** Why there is a state whose name ends like this; a step's own state has its id alone. */
const REASONS: readonly (readonly [ending: RegExp, reason: string])[] = [
  [/^workflow acquire$/, 'waiting for a turn in the group is a call of its own'],
  [/^workflow output$/, 'the output is made at the end, whichever way leads there'],
  [/ if$/, 'only a Choice has a condition'],
  [/ group(?: \d+)?$/, 'only a Parallel runs steps side by side'],
  [/ join$/, 'the ways of a Choice meet again in one state'],
  [/ end$/, 'the end of a branch or iteration that more than one way leads to'],
  [/ items$/, 'the items are kept for what is counted or divided later'],
  [/ plan$/, 'which items a wave takes, and whose their devices are, is for a handler to say'],
  [/ claimed$/, 'waiting for devices that others have is a call of its own'],
  [/ order$/, 'the items are put in the order of their waves'],
  [/ item$/, 'only a Parallel catches what fails in an iteration'],
  [/ wave$/, 'a Map over the items of a wave is inside the Map over the waves'],
  [/ between$/, 'nothing is done between waves before the first'],
  [/ soak$/, 'waiting is a call of its own, so that an operator can end it'],
  [/ health$/, 'what must hold between waves is looked at by a handler'],
  [/ gate$/, 'a wave asks whether an operator holds it'],
  [/ joins$/, 'only a Choice tells the waves of those that join later from the others'],
  [/ join$/, 'whether devices have joined is for a handler to say'],
  [/ begin$/, 'an iteration waits for its window and its turn'],
  [/ undo$/, 'what a failed iteration has done is undone by a machine of its own'],
  [/ settle$/, 'a failed iteration is counted by a handler'],
  [/ while$/, 'only a Choice has a condition'],
  [/ limit$/, 'too many iterations fail the step'],
  [/ ask$/, 'what a Choice does not decide, such as inputs that do not fit, a handler does'],
  [/ failed loop$/, 'only what a Parallel holds can fail and be caught'],
  [/ timed$/, 'only a Parallel runs a block beside what watches its time'],
  [/ deadline$/, 'only tasks have a timeout: one watches the time of the block'],
  [/ through$/, 'the block tells what watches its time that it is through'],
  [/ too late$/, 'a block whose time is up fails'],
  [/ acquire$/, 'standing in line is a call of its own'],
  [/ release(?: failed| \d+)?$/, 'giving back is a call of its own'],
  [/ failure$/, 'what a child execution has failed with is told by a handler'],
  [/ tries$/, 'only a Parallel is tried again by what a child execution has failed with'],
  [/ failed$/, 'a failure goes on after what was held is given back'],
  [/ output$/, 'the output is made from a result that is known only then'],
];

/** What a machine is made of. */
export function machineStates(definition: JsonObject, steps: ReadonlySet<string>): MachineStates {
  const names = namesIn(definition);
  return {
    count: names.length,
    steps: steps.size,
    bytes: new TextEncoder().encode(JSON.stringify(definition)).length,
    extra: names.flatMap((name) => (steps.has(name) ? [] : [{ name, reason: reasonOf(name) }])),
  };
}

function namesIn(body: JsonObject): string[] {
  return Object.entries(statesOf(body)).flatMap(([name, state]) => [
    name,
    ...(isJsonObject(state) ? bodiesOf(state).flatMap(namesIn) : []),
  ]);
}

function reasonOf(name: string): string {
  return REASONS.find(([ending]) => ending.test(name))?.[1] ?? "the author's own";
}
