import { NormalizedSchema } from '@smithy/core/schema';

/** How a package of the AWS SDK describes a shape. */
export type Shape = NormalizedSchema;

/** What the command of an operation takes and gives, by the schema it carries. */
export interface Operation {
  readonly input: Shape;
  readonly output: Shape;
}

/** Reads the schema of a command; undefined for one that has none. */
export function operationOf(command: object): Operation | undefined {
  const schema: unknown = 'schema' in command ? command.schema : undefined;
  if (!Array.isArray(schema) || schema.length < 6) return undefined;
  return { input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}

/** A member's name as machines have it. */
export function pascal(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
