import {
  type Alias,
  type Document,
  isCollection,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Json } from '#core/json.ts';
import { withYamlComments } from './json-comments.ts';
import type { Finding } from './source.ts';

/** Longest text of a file, in characters. */
export const MAX_SOURCE_LENGTH = 1_048_576;
/** Deepest nesting of a document. */
const MAX_DEPTH = 64;
/** How many nodes the aliases of a document may stand for, against "billion laughs". */
const MAX_ALIASES = 100;
/** Of a text that does not parse, the first mistakes are told: those after are mostly of their making. */
const MAX_SYNTAX_FINDINGS = 20;

/** A finding in a text, some characters from its beginning. */
export interface FindingAt {
  readonly finding: Finding;
  readonly offset: number;
}

/** A text as a document that knows where each part of it stands, or why it is none. */
export type ParsedText =
  | { readonly document: Document; readonly value: Json; readonly lines: LineCounter }
  | { readonly findings: readonly FindingAt[]; readonly lines: LineCounter };

/** Parses YAML 1.2, of which JSON is a part, or JSON with comments behind `//`. Never throws for what a user wrote. */
export function parseText(text: string): ParsedText {
  const lines = new LineCounter();
  if (text.length > MAX_SOURCE_LENGTH) return { findings: [{ finding: TOO_LONG, offset: 0 }], lines };
  try {
    const document = parseDocument(withYamlComments(text), {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      // A tag would make values that JSON has not, such as dates and bytes.
      resolveKnownTags: false,
      // What is odd about a document is for our diagnostics to tell, not for the process to warn of.
      logLevel: 'error',
    });
    const findings = findingsIn(document, lines).map((found) => withQuotesHint(text, found));
    if (findings.length > 0) return { findings, lines };
    const value: Json = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES })));
    return { document, value, lines };
  } catch (error) {
    if (error instanceof RangeError) return { findings: [{ finding: TOO_DEEP, offset: 0 }], lines };
    if (error instanceof ReferenceError)
      return { findings: [{ finding: TOO_MANY_ALIASES, offset: 0 }], lines };
    throw error;
  }
}

function findingsIn(document: Document, lines: LineCounter): FindingAt[] {
  const { errors } = document;
  if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return [{ finding: TOO_DEEP, offset: 0 }];
  const wrong = [...errors, ...document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')];
  if (wrong.length > 0) {
    return firstOfEachLine(wrong, lines)
      .slice(0, MAX_SYNTAX_FINDINGS)
      .map((error) => ({ finding: syntaxFinding(error), offset: error.pos[0] }));
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return [{ finding: EMPTY, offset: 0 }];
  if (depthOf(document) > MAX_DEPTH) return [{ finding: TOO_DEEP, offset: 0 }];
  const odd = firstOddity(document);
  return odd === undefined ? [] : [odd];
}

/** A placeholder of a template opens a map where YAML is in flow style. */
function withQuotesHint(text: string, { finding, offset }: FindingAt): FindingAt {
  if (!text.startsWith(PLACEHOLDER, offset - 1)) return { finding, offset };
  return { finding: { ...finding, hint: `put the text with its ${PLACEHOLDER} … }} in quotes` }, offset };
}

const PLACEHOLDER = '${{';
const TOO_LONG: Finding = {
  code: 'SW1002',
  message: `the file is longer than ${MAX_SOURCE_LENGTH} characters`,
  hint: 'split it into several workflows',
};
const TOO_DEEP: Finding = {
  code: 'SW1003',
  message: `the document is nested deeper than ${MAX_DEPTH} levels`,
};
const TOO_MANY_ALIASES: Finding = {
  code: 'SW1004',
  message: 'the aliases of the document stand for too many nodes',
  hint: 'write the repeated parts out, or use fewer aliases',
};
const EMPTY: Finding = { code: 'SW1005', message: 'the file is empty', hint: 'begin with `stepwright: 1`' };

function syntaxFinding(error: { readonly code: string; readonly message: string }): Finding {
  if (error.code === 'DUPLICATE_KEY')
    return { code: 'SW1006', message: 'this key stands twice in the same map' };
  if (error.code === 'MULTIPLE_DOCS') {
    return {
      code: 'SW1001',
      message: 'a file is one document',
      hint: 'end it here, or make it several files',
    };
  }
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return { code: 'SW1001', message: 'tags have no meaning here', hint: 'take the !… away' };
  }
  return { code: 'SW1001', message: `this is no YAML: ${firstLine(error.message)}` };
}

/** What else is wrong with a line is mostly of the first mistake's making. */
function firstOfEachLine<Positioned extends { readonly pos: readonly [number, number] }>(
  errors: readonly Positioned[],
  lines: LineCounter,
): Positioned[] {
  const byLine = new Map<number, Positioned>();
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, error);
  }
  return [...byLine.values()];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

/** The first node that can have no value in JSON. */
function firstOddity(document: Document): FindingAt | undefined {
  let odd: FindingAt | undefined;
  const found = (node: Node, finding: Finding): symbol => {
    odd = { finding, offset: node.range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      if (target === undefined) return found(alias, aliasOfNothing(alias));
      return ancestors.includes(target) ? found(alias, aliasOfItself(alias)) : undefined;
    },
    Scalar(_key, scalar) {
      const isNumber = typeof scalar.value === 'number';
      return isNumber && !Number.isFinite(scalar.value) ? found(scalar, NO_JSON_NUMBER) : undefined;
    },
  });
  return odd;
}

const NO_JSON_NUMBER: Finding = {
  code: 'SW1001',
  message: 'this number is none of JSON, which has no infinity',
  hint: 'write a number, or put it in quotes',
};

function aliasOfNothing({ source }: Alias): Finding {
  const message = `"*${source}" stands for nothing`;
  return { code: 'SW1001', message, hint: `mark what it stands for with &${source}, before it` };
}

function aliasOfItself({ source }: Alias): Finding {
  return { code: 'SW1004', message: `"*${source}" stands inside what it stands for`, hint: 'take it away' };
}

function depthOf(document: Document): number {
  let deepest = 0;
  visit(document, (_key, node, ancestors) => {
    deepest = Math.max(deepest, [...ancestors, node].filter(isCollection).length);
    return deepest > MAX_DEPTH ? visit.BREAK : undefined;
  });
  return deepest;
}
