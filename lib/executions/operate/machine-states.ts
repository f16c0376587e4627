import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** A state of a compiled machine. */
export interface MachineState {
  /** Its own fields: those of the states inside it are left out. */
  readonly own: JsonObject;
  /** With all that is inside it. */
  readonly whole: JsonObject;
  /** The blocks around it, outermost first, such as `rollout/0`. */
  readonly inside: string;
}

/** Fields that hold states. */
const BODIES = ['Branches', 'ItemProcessor'];

/** Every state of a machine, by its name; names are unique in the whole of a compiled machine. */
export function statesOf(machine: JsonObject): ReadonlyMap<string, MachineState> {
  const found = new Map<string, MachineState>();
  collect(machine, '', found);
  return found;
}

function collect(block: JsonObject, inside: string, found: Map<string, MachineState>): void {
  for (const [name, whole] of Object.entries(objectOf(block['States']))) {
    const state = objectOf(whole);
    const own = Object.fromEntries(Object.entries(state).filter(([field]) => !BODIES.includes(field)));
    found.set(name, { own, whole: state, inside });
    for (const [index, body] of bodiesOf(state).entries()) collect(body, `${inside}/${name}/${index}`, found);
  }
}

function bodiesOf({ Branches: branches, ItemProcessor: processor }: JsonObject): readonly JsonObject[] {
  if (Array.isArray(branches)) return branches.map((branch: Json) => objectOf(branch));
  return processor === undefined ? [] : [objectOf(processor)];
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
