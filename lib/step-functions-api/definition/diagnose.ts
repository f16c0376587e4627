import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { MACHINE_CODES } from '#compiler/machine-rules/codes.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { checkDefinition as checkEngineDefinition } from '#engine/embedded/check-definition.ts';
import { locationOf } from '#engine/embedded/definition-reason.ts';
import { ApiFault } from '../faults.ts';
import { DEEPEST_DEFINITION, readJson } from './json-text.ts';
import { pointer, structureFaults } from './structure.ts';

/** What there is to say of a definition, as `ValidateStateMachineDefinition` says it. */
export interface DefinitionDiagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  /** JSON pointer, or a place in the text that is no JSON; undefined for what has none. */
  readonly location?: string;
}

type MachineType = 'STANDARD' | 'EXPRESS';

/**
 * Checks a definition: that it is JSON, has the shape of a machine, is one that the engine runs, and, where it is in JSONata,
 * holds to the rules of scopes and fields. Each of these is asked only when there is nothing wrong by the one before.
 */
export function diagnose(text: string, type: MachineType): readonly DefinitionDiagnostic[] {
  const read = readJson(text.trim() === '' ? '""' : text, DEEPEST_DEFINITION);
  if ('reason' in read) {
    const { reason, line, column } = read;
    const location = `[Source: (String)"${text.slice(0, 500)}"; line: ${line}, column: ${column}]`;
    return [error('INVALID_JSON_DESCRIPTION', `${reason}\n at ${location}`, location)];
  }
  if (!isJsonObject(read.value))
    return [error('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object')];
  const faults = [...structureFaults(read.value, type)];
  if (faults.length > 0) return faults.map(({ code, message, location }) => error(code, message, location));
  return [...engineFaults(read.value), ...ruleFindings(read.value)];
}

/** A definition that may be created. Throws InvalidDefinition with every reason. */
export function checkDefinition(text: string, type: MachineType): void {
  const errors = diagnose(text, type).filter(({ severity }) => severity === 'ERROR');
  if (errors.length > 0) throw invalidDefinition(errors);
}

/** Demands the shape alone, of a machine that was made to test one state. Throws InvalidDefinition with every reason. */
export function checkShape(definition: JsonObject, type: MachineType): void {
  const faults = [...structureFaults(definition, type)].map((fault) =>
    error(fault.code, fault.message, fault.location),
  );
  const errors = faults.length > 0 ? faults : engineFaults(definition);
  if (errors.length > 0) throw invalidDefinition(errors);
}

/** In the service's own form: `CODE: message at /place`, one after another. */
export function invalidDefinition(errors: readonly DefinitionDiagnostic[]): ApiFault {
  const reasons = errors.map(
    ({ code, message, location }) => `${code}: ${message}${location === undefined ? '' : ` at ${location}`}`,
  );
  return new ApiFault('InvalidDefinition', `Invalid State Machine Definition: '${reasons.join(', ')}'`);
}

/** What the engine itself has against a definition. */
function engineFaults(definition: JsonObject): DefinitionDiagnostic[] {
  const checked = checkEngineDefinition(definition);
  const reasons = 'reasons' in checked ? checked.reasons : [];
  return reasons.map(({ code, message, path }) => error(code, message, locationOf(path)));
}

function ruleFindings(definition: JsonObject): DefinitionDiagnostic[] {
  if (definition['QueryLanguage'] !== 'JSONata') return [];
  return checkMachine(definition).map(({ code, message, path }) => ({
    severity: MACHINE_CODES[code].severity === 'error' ? 'ERROR' : 'WARNING',
    code: 'SCHEMA_VALIDATION_FAILED',
    message: `${message} (${code})`,
    location: pointer(path),
  }));
}

function error(code: string, message: string, location?: string): DefinitionDiagnostic {
  return { severity: 'ERROR', code, message, ...(location === undefined ? {} : { location }) };
}
