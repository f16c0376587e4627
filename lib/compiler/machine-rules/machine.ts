import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';

/** A state of a machine, and where it stands. */
export interface MachineState {
  readonly name: string;
  /** Its field `Type`; empty when that is no text. */
  readonly type: string;
  readonly fields: JsonObject;
  readonly path: DocumentPath;
  /** The block that it is a state of. */
  readonly block: Block;
  /** Its branches, or its iteration. */
  readonly blocks: readonly Block[];
  /** The state itself, then its catchers and the rules of its choice. */
  readonly parts: readonly StatePart[];
}

/** What of a state may assign variables and go on to another state. */
export interface StatePart {
  readonly kind: 'state' | 'catcher' | 'choice';
  readonly fields: JsonObject;
  readonly path: DocumentPath;
}

/** States that go on only to each other: the machine's own, a branch's, or an iteration's. */
export interface Block {
  readonly body: JsonObject;
  readonly path: DocumentPath;
  /** The state that it is inside of; undefined for the machine's own. */
  readonly owner: MachineState | undefined;
  /** Whether it runs as child executions, which see nothing of the variables around. */
  readonly isDistributed: boolean;
  readonly states: ReadonlyMap<string, MachineState>;
  /** Names of the variables that its states assign. */
  readonly assigned: ReadonlySet<string>;
}

/** Reads a machine, with every block inside of it. What has not its shape is passed over. */
export function readMachine(definition: JsonObject): Block {
  return readBlock(definition, [], undefined);
}

/** A block and all inside of it, outermost first. */
export function blocksOf(block: Block): readonly Block[] {
  const inner = [...block.states.values()].flatMap(({ blocks }) => blocks);
  return [block, ...inner.flatMap(blocksOf)];
}

/** The blocks whose variables a state of a block sees, its own first. */
export function visibleBlocks(block: Block): readonly Block[] {
  if (block.owner === undefined || block.isDistributed) return [block];
  return [block, ...visibleBlocks(block.owner.block)];
}

function readBlock(body: JsonObject, path: DocumentPath, owner: MachineState | undefined): Block {
  const states = new Map<string, MachineState>();
  const assigned = new Set<string>();
  const block: Block = { body, path, owner, isDistributed: isDistributed(body), states, assigned };
  for (const [name, fields] of Object.entries(objectOf(body['States']))) {
    if (!isJsonObject(fields)) continue;
    const state = readState(name, fields, block);
    states.set(name, state);
    for (const variable of state.parts.flatMap(assignedBy)) assigned.add(variable);
  }
  return block;
}

function readState(name: string, fields: JsonObject, block: Block): MachineState {
  const path = [...block.path, 'States', name];
  const { Type: type } = fields;
  const blocks: Block[] = [];
  const state: MachineState = {
    ...{ name, type: typeof type === 'string' ? type : '', fields, path, block, blocks },
    parts: [
      { kind: 'state', fields, path },
      ...partsIn('catcher', fields['Catch'], [...path, 'Catch']),
      ...partsIn('choice', fields['Choices'], [...path, 'Choices']),
    ],
  };
  for (const [index, body] of objectsOf(fields['Branches']))
    blocks.push(readBlock(body, [...path, 'Branches', index], state));
  const { ItemProcessor: processor } = fields;
  if (isJsonObject(processor)) blocks.push(readBlock(processor, [...path, 'ItemProcessor'], state));
  return state;
}

function partsIn(kind: StatePart['kind'], value: Json | undefined, path: DocumentPath): StatePart[] {
  return objectsOf(value).map(([index, fields]) => ({ kind, fields, path: [...path, index] }));
}

/** Names of the variables that a part of a state assigns. */
export function assignedBy({ fields }: StatePart): readonly string[] {
  return Object.keys(objectOf(fields['Assign']));
}

function isDistributed(body: JsonObject): boolean {
  return objectOf(body['ProcessorConfig'])['Mode'] === 'DISTRIBUTED';
}

/** The objects of a list, with their positions. */
export function objectsOf(value: Json | undefined): readonly (readonly [number, JsonObject])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Json, index) => (isJsonObject(entry) ? [[index, entry] as const] : []));
}

/** An object, empty for what is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
