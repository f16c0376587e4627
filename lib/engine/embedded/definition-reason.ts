import type { z } from 'zod';

/** A place in a definition, such as `['States', 'Wait', 'Timestamp']`. */
export type DefinitionPath = readonly (string | number)[];

/** Why Step Functions would not create a machine (its API Reference, ValidateStateMachineDefinitionDiagnostic). */
export interface DefinitionReason {
  readonly code: 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'DUPLICATE_STATE_NAME';
  readonly message: string;
  readonly path: DefinitionPath;
}

/** A reason that the shape of a definition gives. */
export function schemaReason(path: DefinitionPath, message: string): DefinitionReason {
  return { code: 'SCHEMA_VALIDATION_FAILED', message, path };
}

/** A reason as Step Functions puts it into its error: `… at /States/Wait/Timestamp`. */
export function reasonText({ code, message, path }: DefinitionReason): string {
  return `${code}: ${message} at ${locationOf(path)}`;
}

/** A place as Step Functions writes it: `/States/Both/Branches[0]/StartAt`. */
export function locationOf(path: DefinitionPath): string {
  return path.length === 0
    ? '/'
    : path.map((part) => (typeof part === 'number' ? `[${part}]` : `/${part}`)).join('');
}

/** What zod has found, in the words of Step Functions; the fields that an object lacks are told together. */
export function schemaReasons(issues: readonly z.core.$ZodIssue[]): readonly DefinitionReason[] {
  const missing = new Map<string, { readonly path: DefinitionPath; readonly fields: string[] }>();
  const reasons: DefinitionReason[] = [];
  for (const issue of issues) {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (isMissing(issue)) {
      const parent = path.slice(0, -1);
      const found = missing.get(locationOf(parent)) ?? { path: parent, fields: [] };
      found.fields.push(String(path.at(-1)));
      missing.set(locationOf(parent), found);
    } else if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) reasons.push(schemaReason([...path, key], 'Field is not supported'));
    } else if (issue.code === 'too_small' && issue.origin === 'array') {
      reasons.push(schemaReason(path, 'Value cannot be empty'));
    } else {
      reasons.push(schemaReason(path, issue.message));
    }
  }
  const required = Array.from(missing.values(), ({ path, fields }) =>
    schemaReason(path, `These fields are required: [${fields.join(', ')}]`),
  );
  return [...required, ...reasons];
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === 'invalid_type' && issue.message.endsWith('received undefined') && issue.path.length > 0
  );
}
