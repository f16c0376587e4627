import type { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import type { DocumentPath } from './document-path.ts';
import { LATER_FIELDS } from './later-fields.ts';
import { type OneOfFault, oneOfFault } from './one-of.ts';
import { keysAt } from './schema-at.ts';
import { hintFor, wording } from './shape-wording.ts';
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
    const fault = oneOfFault(issue, schema) ?? { kind: 'form', issues: nearestOf(issue) };
    if (fault.kind !== 'form')
      return diagnoseOneOf({ source, path: [...path, ...keysOf(issue.path)] }, fault);
    const inner = fault.issues.map((error) => ({ ...error, path: [...issue.path, ...error.path] }));
    if (inner.length > 0) return inner.flatMap((error) => diagnose({ source, path }, error, schema));
  }
  const at = [...path, ...keysOf(issue.path)];
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
      ...hintFor(issue, schema),
    }),
  ];
}

function keysOf(path: Issue['path']): DocumentPath {
  return path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

/** The issues of the member of a union whose objections are fewest, and least about the very type. */
function nearestOf({ errors }: z.core.$ZodIssueInvalidUnion): readonly Issue[] {
  return errors.toSorted((left, right) => weight(left) - weight(right))[0] ?? [];
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'invalid_type' && issue.path.length === 0 ? 10 : 1),
    0,
  );
}

function diagnoseOneOf({ source, path }: Place, fault: Exclude<OneOfFault, { kind: 'form' }>): Diagnostic[] {
  switch (fault.kind) {
    case 'none': {
      const keys = fault.keys.map((key) => `"${key}"`).join(' or ');
      return [source.diagnose(path, { code: 'SW1102', message: `${keys} is missing` })];
    }
    case 'two': {
      const message = `"${fault.second}" cannot stand beside "${fault.first}"`;
      return [
        source.diagnose([...path, fault.second], { code: 'SW1101', message, hint: 'take one away' }, 'key'),
      ];
    }
    case 'unknown':
      return fault.unknown.map((key) => {
        const hint = `it has one of ${fault.keys.join(', ')}`;
        return source.diagnose([...path, key], { hint, ...unknownKey(key, fault.known) }, 'key');
      });
  }
}

function isStep(keys: readonly string[]): boolean {
  return keys.includes('needs');
}

function unknownKey(key: string, known: readonly string[]): Finding {
  if (LATER_FIELDS.includes(key) && isStep(known)) {
    return {
      code: 'SW1106',
      message: `"${key}" is not in this release yet`,
      hint: 'docs/roadmap.md tells when it comes',
    };
  }
  if (known.includes(key)) {
    return { code: 'SW1101', message: `"${key}" cannot stand beside the other keys`, hint: 'take one away' };
  }
  return { code: 'SW1101', message: `"${key}" is no key here`, ...didYouMean(key, known) };
}
