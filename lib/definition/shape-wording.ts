import * as z from 'zod';
import { schemaAt } from './schema-at.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with a value, in words that follow its name. */
export function wording(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${shown(issue.input)} stands where ${NAMES_OF_TYPES[issue.expected] ?? issue.expected} belongs`;
    case 'invalid_value':
      return `${shown(issue.input)} is not ${issue.values.map(shown).join(' or ')}`;
    case 'too_small':
      return ownWords(issue) ?? tooSmall(issue);
    case 'too_big':
      return ownWords(issue) ?? tooBig(issue);
    case 'invalid_format':
      return issue.message.startsWith('is ') ? `"${String(issue.input)}" ${issue.message}` : plain(issue);
    default:
      return plain(issue);
  }
}

/** What the schema says itself; zod's own sentences begin with a capital. */
function ownWords({ message }: Issue): string | undefined {
  return /^[A-Z]/.test(message) ? undefined : message;
}

function tooSmall({ origin, minimum, inclusive, input }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string' || origin === 'array') {
    return minimum === 1 ? 'is empty' : `has fewer than ${minimum} ${partsOf(origin)}`;
  }
  return `${shown(input)} is too little; it is ${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
}

function tooBig({ origin, maximum, input }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string' || origin === 'array') return `has more than ${maximum} ${partsOf(origin)}`;
  return `${shown(input)} is too much; it is at most ${maximum}`;
}

function partsOf(origin: string): string {
  return origin === 'string' ? 'characters' : 'entries';
}

function plain({ message }: Issue): string {
  return message.replace(/^(?:Invalid input|Too (?:small|big)): /, '');
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
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : (JSON.stringify(value) ?? 'nothing');
}

/** What to do about it, where that is clear. */
export function hintFor(issue: Issue, schema: z.core.$ZodType): { hint?: string } {
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    return didYouMean(
      issue.input,
      issue.values.filter((value) => typeof value === 'string'),
    );
  }
  const isText = issue.code === 'invalid_type' && issue.expected === 'string';
  const isScalar = ['number', 'boolean'].includes(typeof issue.input);
  return isText && isScalar ? { hint: hintForText(String(issue.input), schemaAt(schema, issue.path)) } : {};
}

/** YAML reads `1.0` as a number; where any text belongs, quotes help, and where a certain one does, its own advice. */
function hintForText(text: string, schema: z.core.$ZodType | undefined): string {
  const result = schema instanceof z.ZodType ? schema.safeParse(text) : undefined;
  const advice = result?.error?.issues[0]?.message.split('; ')[1];
  return advice ?? 'put it in quotes';
}
