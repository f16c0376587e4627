import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { Source } from '#definition/source.ts';
import { checkDefinition } from '#engine/embedded/check-definition.ts';
import { locationOf } from '#engine/embedded/definition-reason.ts';

/** A state machine that was read from a file; `definition` is there when nothing is wrong. */
export interface MachineFile {
  readonly definition: JsonObject | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const HINT = 'states-language.net/spec.html tells what a state takes';

/** Reads Amazon States Language, as JSON or YAML, and tells every reason why the engine would refuse it, each with its place. */
export function readMachine(source: Source): MachineFile {
  if (source.value === undefined) return { definition: undefined, diagnostics: source.diagnostics };
  if (!isJsonObject(source.value)) {
    const message = 'a state machine is an object with "StartAt" and "States"';
    return {
      definition: undefined,
      diagnostics: [source.diagnose([], { code: 'SW4011', message, hint: HINT })],
    };
  }
  const checked = checkDefinition(source.value);
  const reasons = 'reasons' in checked ? checked.reasons : [];
  const diagnostics = reasons.map(({ path, message }) =>
    source.diagnose(path, { code: 'SW4011', message: `${locationOf(path)}: ${message}`, hint: HINT }, 'key'),
  );
  return { definition: diagnostics.length === 0 ? source.value : undefined, diagnostics };
}
