import type { Json } from '#core/json.ts';
import { type DocumentPath, parsePath, valueAt } from '#definition/document-path.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { LAST_STATE } from '../compile.ts';

/** What of a workflow a place in its machine came from. */
export interface MachineOrigin {
  /** Undefined for what no step asks for. */
  readonly step: Step | undefined;
  /** The place below the step's raw state, where its author wrote that; else undefined. */
  readonly rest: DocumentPath | undefined;
}

/** A field that steps hand on to their handlers as their author wrote it. */
const PAYLOAD = 'Payload';

const NO_STEP: MachineOrigin = { step: undefined, rest: undefined };

/**
 * What a place in the machine of a workflow came from. A state is named by the id of its step, alone or with words behind it;
 * so are states inside a raw state, with the names of its author's own behind it.
 */
export function originOf(path: DocumentPath, { steps }: Workflow): MachineOrigin {
  const byId = new Map([...allSteps(steps)].map((step) => [step.id, step]));
  let origin = NO_STEP;
  for (const [index, name] of path.entries()) {
    if (path[index - 1] !== 'States' || typeof name !== 'string' || name === LAST_STATE) continue;
    const step = byId.get(name.replace(/ .*$/su, ''));
    if (step === undefined) continue;
    if (step.kind === 'asl' && step.id === name)
      return { step, rest: asWritten(path.slice(index + 1), step.id) };
    origin = { step, rest: undefined };
  }
  return origin;
}

function asWritten(path: DocumentPath, id: string): DocumentPath {
  const prefix = `${id} `;
  return path.map((part, index) => {
    const isName = path[index - 1] === 'States' && typeof part === 'string';
    return isName && part.startsWith(prefix) ? part.slice(prefix.length) : part;
  });
}

/**
 * Where in the document the author wrote the text that stands at a place in the machine: what a handler is called with, or the
 * output of the workflow. Undefined where the compiler wrote it.
 */
export function writtenAt(
  path: DocumentPath,
  step: Step | undefined,
  document: Json | undefined,
): DocumentPath | undefined {
  const candidates = step === undefined ? [outputOf(path)] : payloadOf(path, step);
  return candidates.find((candidate) => typeof valueAt(document, candidate) === 'string');
}

function outputOf(path: DocumentPath): DocumentPath {
  return ['output', ...path.slice(path.indexOf('Output') + 1)];
}

/** What steps of some kinds take stands under the key of their kind. */
function payloadOf(path: DocumentPath, { at, kind }: Step): readonly DocumentPath[] {
  const index = path.lastIndexOf(PAYLOAD);
  const rest = path.slice(index + 1);
  return index < 0
    ? []
    : [
        [...parsePath(at), ...rest],
        [...parsePath(at), kind, ...rest],
      ];
}
