import { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import type { DocumentPath } from './document-path.ts';
import { LATER_FIELDS } from './later-fields.ts';
import type { Finding, Source } from './source.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** A value checked against a schema, or what is wrong with it. */
export type Shaped<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: Diagnostic[] };

/** Where a value stands. */
export interface Place {
  readonly source: Source;
  readonly path: DocumentPath;
}

/** Checks a value of a document against a schema; each thing wrong is a diagnostic at its own place. */
export function checkShape<Schema extends z.ZodObject>(
  schema: Schema,
  value: Json | undefined,
  { source, path }: Place,
): Shaped<z.infer<Schema>> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    diagnostics: result.error.issues.flatMap((issue) => diagnose({ source, path }, issue, schema)),
  };
}

function diagnose({ source, path }: Place, issue: Issue, schema: z.ZodType): Diagnostic[] {
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors.toSorted((left, right) => weight(left) - weight(right))[0] ?? [];
    const inner = nearest.map((error) => ({ ...error, path: [...issue.path, ...error.path] }));
    if (inner.length > 0) return inner.flatMap((error) => diagnose({ source, path }, error, schema));
  }
  const at = [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.diagnose([...at, key], unknownKey(key, keysAt(schema, issue.path)), 'key'),
    );
  }
  const last = at.at(-1);
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    return [
      source.diagnose(
        at,
        { code: 'SW1103', message: `"${last}" ${inner?.message ?? 'is no key here'}` },
        'key',
      ),
    ];
  }
  const isAbsent = ['invalid_type', 'invalid_value'].includes(issue.code) && issue.input === undefined;
  if (isAbsent && typeof last === 'string') {
    return [source.diagnose(at, { code: 'SW1102', message: `"${last}" is missing` }, 'key')];
  }
  return [
    source.diagnose(at, {
      code: 'SW1103',
      message: `${last ?? 'the document'}: ${wording(issue)}`,
      ...quotes(issue),
    }),
  ];
}

/** Unions report the member whose objections are fewest, and least about the very type. */
function weight(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'invalid_type' && issue.path.length === 0 ? 10 : 1),
    0,
  );
}

/** The keys that a schema knows at a place inside it. */
function keysAt(schema: z.ZodType, path: Issue['path']): readonly string[] {
  let at: unknown = schema;
  for (const part of path) {
    if (at instanceof z.ZodOptional) at = at.unwrap();
    at = at instanceof z.ZodObject ? at.shape[String(part)] : undefined;
  }
  if (at instanceof z.ZodOptional) at = at.unwrap();
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unknownKey(key: string, known: readonly string[]): Finding {
  if (LATER_FIELDS.includes(key)) {
    return {
      code: 'SW1106',
      message: `"${key}" is not in this release yet`,
      hint: 'docs/roadmap.md tells when it comes',
    };
  }
  return { code: 'SW1101', message: `"${key}" is no key here`, ...didYouMean(key, known) };
}

function wording(issue: Issue): string {
  if (issue.code === 'invalid_type')
    return `${shown(issue.input)} stands where ${NAMES_OF_TYPES[issue.expected] ?? issue.expected} belongs`;
  if (issue.code === 'invalid_format' && issue.message.startsWith('is '))
    return `"${String(issue.input)}" ${issue.message}`;
  if (issue.code === 'invalid_value') return `${shown(issue.input)} is not ${alternatives(issue.values)}`;
  return issue.message.replace(/^(?:Invalid input|Too (?:small|big)): /, '');
}

const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** A value as it stands in a message. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : (JSON.stringify(value) ?? 'nothing');
}

function alternatives(values: readonly unknown[]): string {
  return values.map(shown).join(' or ');
}

/** YAML reads `1.0` as a number; where a text belongs, quotes help. */
function quotes(issue: Issue): { hint?: string } {
  const isText = issue.code === 'invalid_type' && issue.expected === 'string';
  const isScalar = ['number', 'boolean'].includes(typeof issue.input);
  return isText && isScalar ? { hint: 'put it in quotes' } : {};
}
