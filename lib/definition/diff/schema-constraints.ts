import type { Json } from '#core/json.ts';
import { breaking, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { sameValue } from './same-value.ts';
import { listWords, valueWords } from './words.ts';

/** Says what it is to callers that a keyword of a schema has changed; undefined is a schema without it. */
export type KeywordJudge = (before: Json | undefined, after: Json | undefined) => Verdict;

const REFUSED = 'values that were taken are refused';

/** Keywords that say which values are taken, each with what a change of it is to callers. A `const` is an `enum` of one. */
export const CONSTRAINTS: Readonly<Record<string, KeywordJudge>> = {
  type: judgeType,
  enum: judgeValues,
  minimum: lowerBound,
  exclusiveMinimum: lowerBound,
  minLength: lowerBound,
  minItems: lowerBound,
  minProperties: lowerBound,
  maximum: upperBound,
  exclusiveMaximum: upperBound,
  maxLength: upperBound,
  maxItems: upperBound,
  maxProperties: upperBound,
  multipleOf: judgeMultiple,
  pattern: judgeText,
  format: judgeText,
  uniqueItems: (_before, after) => (after === true ? breaking(REFUSED) : COMPATIBLE),
  additionalProperties: judgeOthers,
  unevaluatedProperties: judgeOthers,
  default: (before) =>
    before === undefined ? COMPATIBLE : unsure('who leaves it out gets another value, or none'),
};

/** Keywords that take no value away: what is told of a field. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$schema', '$id', '$defs', 'definitions', '$ref'],
]);

function judgeType(before: Json | undefined, after: Json | undefined): Verdict {
  if (after === undefined) return COMPATIBLE;
  if (before === undefined) return breaking(`what is no ${typeNames(after).join(' or ')} is refused`);
  const taken = new Set(
    typeNames(after).flatMap((name) => (name === 'number' ? ['number', 'integer'] : [name])),
  );
  const gone = typeNames(before).filter((name) => !taken.has(name));
  return gone.length === 0 ? COMPATIBLE : breaking(`callers that give ${listWords(gone)} are refused`);
}

function typeNames(type: Json): string[] {
  return [type].flat().map(String);
}

function judgeValues(before: Json | undefined, after: Json | undefined): Verdict {
  if (!Array.isArray(after)) return COMPATIBLE;
  if (!Array.isArray(before)) return breaking('other values are refused');
  const gone = before.filter((value) => !after.some((other) => sameValue(value, other)));
  return gone.length === 0 ? COMPATIBLE : breaking(`${listWords(gone.map(valueWords))} is refused`);
}

function lowerBound(before: Json | undefined, after: Json | undefined): Verdict {
  return isNarrower(after, before, (one, other) => one > other) ? breaking(REFUSED) : COMPATIBLE;
}

function upperBound(before: Json | undefined, after: Json | undefined): Verdict {
  return isNarrower(after, before, (one, other) => one < other) ? breaking(REFUSED) : COMPATIBLE;
}

/** A bound where there was none is narrower, too. */
function isNarrower(
  after: Json | undefined,
  before: Json | undefined,
  isInside: (one: number, other: number) => boolean,
): boolean {
  return typeof after === 'number' && (typeof before !== 'number' || isInside(after, before));
}

function judgeMultiple(before: Json | undefined, after: Json | undefined): Verdict {
  if (after === undefined) return COMPATIBLE;
  const isFiner = Number(before) % Number(after) === 0;
  return isFiner ? COMPATIBLE : breaking(REFUSED);
}

/** Of two patterns, nobody says which one takes more. */
function judgeText(before: Json | undefined, after: Json | undefined): Verdict {
  if (after === undefined) return COMPATIBLE;
  return before === undefined ? breaking(REFUSED) : unsure('values that were taken may be refused');
}

function judgeOthers(before: Json | undefined, after: Json | undefined): Verdict {
  if (after === undefined || after === true || before === false) return COMPATIBLE;
  return after === false
    ? breaking('fields that it does not name are refused')
    : unsure('fields that it does not name may be refused');
}
