import * as z from 'zod';
import { keysAt, schemaAt } from './schema-at.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with an object that has one of several forms, each known by a key of its own. */
export type OneOfFault =
  /** It has none of these keys. */
  | { readonly kind: 'none'; readonly keys: readonly string[] }
  /** It has keys that no form knows. */
  | {
      readonly kind: 'unknown';
      readonly unknown: readonly string[];
      readonly known: readonly string[];
      readonly keys: readonly string[];
    }
  /** It has the keys of two forms. */
  | { readonly kind: 'two'; readonly first: string; readonly second: string }
  /** It is meant to have one of the forms, and these are its issues. */
  | { readonly kind: 'form'; readonly issues: readonly Issue[] };

/** What is wrong with an object that fits no member of a union; undefined for other values, and where no member is an object. */
export function oneOfFault(
  { path, input, errors }: z.core.$ZodIssueInvalidUnion,
  schema: z.core.$ZodType,
): OneOfFault | undefined {
  const union = schemaAt(schema, path);
  if (!(union instanceof z.ZodUnion) || typeof input !== 'object' || input === null) return undefined;
  const forms = union.options.flatMap((option, index) =>
    option instanceof z.ZodObject ? [{ option, issues: errors[index] ?? [] }] : [],
  );
  const own = ownKeys(forms.map(({ option }) => option));
  if (own === undefined || forms.length === 0 || Array.isArray(input)) return undefined;
  const written = Object.keys(input);
  const [first, second] = written.filter((key) => own.includes(key));
  if (first !== undefined && second !== undefined) return { kind: 'two', first, second };
  if (first !== undefined) return { kind: 'form', issues: forms[own.indexOf(first)]?.issues ?? [] };
  const known = keysAt(union, []);
  const unknown = written.filter((key) => !known.includes(key));
  return unknown.length > 0 ? { kind: 'unknown', unknown, known, keys: own } : { kind: 'none', keys: own };
}

/** Of each object, a key that it must have and no other must; undefined where one has none. */
function ownKeys(options: readonly z.ZodObject[]): readonly string[] | undefined {
  const required = options.map(requiredKeys);
  const own = required.map((keys, index) =>
    keys.find((key) => required.every((others, other) => other === index || !others.includes(key))),
  );
  return own.every((key) => key !== undefined) ? own : undefined;
}

function requiredKeys(schema: z.ZodObject): readonly string[] {
  return Object.keys(schema.shape).filter((key) => !(schema.shape[key] instanceof z.ZodOptional));
}
