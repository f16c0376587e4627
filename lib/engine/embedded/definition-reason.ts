import type { z } from 'zod';

/** Why Step Functions would not create a machine (its API Reference, ValidateStateMachineDefinitionDiagnostic). */
export interface DefinitionReason {
  readonly code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'DUPLICATE_STATE_NAME';
  readonly message: string;
  /** Where, such as `/States/Wait/Timestamp`. */
  readonly location: string;
}

/** A reason that the shape of a definition gives. */
export function schemaReason(location: string, message: string): DefinitionReason {
  return { code: 'SCHEMA_VALIDATION_FAILED', location: location === '' ? '/' : location, message };
}

/** A reason as Step Functions puts it into its error. */
export function reasonText({ code, message, location }: DefinitionReason): string {
  return `${code}: ${message} at ${location}`;
}

/** What zod has found, in the words of Step Functions; the fields that an object lacks are told together. */
export function schemaReasons(issues: readonly z.core.$ZodIssue[]): readonly DefinitionReason[] {
  const missing = new Map<string, string[]>();
  const reasons: DefinitionReason[] = [];
  for (const issue of issues) {
    const location = locationOf(issue.path);
    if (isMissing(issue)) {
      const parent = locationOf(issue.path.slice(0, -1));
      missing.set(parent, [...(missing.get(parent) ?? []), String(issue.path.at(-1))]);
    } else if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        reasons.push(schemaReason(`${location}/${key}`, 'Field is not supported'));
    } else if (issue.code === 'too_small' && issue.origin === 'array') {
      reasons.push(schemaReason(location, 'Value cannot be empty'));
    } else {
      reasons.push(schemaReason(location, issue.message));
    }
  }
  const required = Array.from(missing, ([location, fields]) =>
    schemaReason(location, `These fields are required: [${fields.join(', ')}]`),
  );
  return [...required, ...reasons];
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === 'invalid_type' && issue.message.endsWith('received undefined') && issue.path.length > 0
  );
}

function locationOf(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `/${String(part)}`)).join('');
}
