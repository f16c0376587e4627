import {
  type Alias,
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Diagnostic, Severity } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import { type DocumentPath, formatPath } from './document-path.ts';
import { offsetInText } from './scalar-offset.ts';

/** Longest text of a file, in characters. */
export const MAX_SOURCE_LENGTH = 1_048_576;
/** Deepest nesting of a document. */
const MAX_DEPTH = 64;
/** How many nodes the aliases of a document may stand for, against "billion laughs". */
const MAX_ALIASES = 100;

/** What a diagnostic says besides its place. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Default `error`. */
  readonly severity?: Severity;
}

/** A place in the text. Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file's text, parsed, that knows where each part of it stands. */
export class Source {
  readonly file: string;
  readonly text: string;
  /** The document as plain JSON; undefined when it does not parse. */
  readonly value: Json | undefined;
  /** What is wrong with the text itself. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #document: Document | undefined;
  readonly #lines: LineCounter;

  private constructor(parts: {
    readonly file: string;
    readonly text: string;
    readonly value: Json | undefined;
    readonly diagnostics: readonly Diagnostic[];
    readonly document: Document | undefined;
    readonly lines: LineCounter;
  }) {
    this.file = parts.file;
    this.text = parts.text;
    this.value = parts.value;
    this.diagnostics = parts.diagnostics;
    this.#document = parts.document;
    this.#lines = parts.lines;
  }

  /** Parses YAML 1.2, of which JSON is a part. Never throws for what a user wrote. */
  static parse(file: string, text: string): Source {
    const lines = new LineCounter();
    const failed = (finding: Finding, offset = 0): Source => {
      const { line, col } = lines.linePos(offset);
      const diagnostic = toDiagnostic(
        file,
        '',
        { line: Math.max(1, line), column: Math.max(1, col) },
        finding,
      );
      return new Source({
        file,
        text,
        value: undefined,
        diagnostics: [diagnostic],
        document: undefined,
        lines,
      });
    };
    if (text.length > MAX_SOURCE_LENGTH) return failed(TOO_LONG);
    try {
      const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
      if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return failed(TOO_DEEP);
      if (document.errors.length > 0) {
        const diagnostics = document.errors.slice(0, 20).map((error) => {
          const { line, col } = lines.linePos(error.pos[0]);
          return toDiagnostic(file, '', { line, column: col }, syntaxFinding(error));
        });
        return new Source({ file, text, value: undefined, diagnostics, document: undefined, lines });
      }
      if (document.contents === null) return failed(EMPTY);
      if (depthOf(document) > MAX_DEPTH) return failed(TOO_DEEP);
      const lost = lostAlias(document);
      if (lost !== undefined) return failed(aliasOfNothing(lost), lost.range?.[0]);
      const value: Json = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES })));
      return new Source({ file, text, value, diagnostics: [], document, lines });
    } catch (error) {
      if (error instanceof RangeError) return failed(TOO_DEEP);
      if (error instanceof ReferenceError) return failed(TOO_MANY_ALIASES);
      throw error;
    }
  }

  /** A diagnostic at a place of the document: at its key where it has one, else at its value. */
  diagnose(path: DocumentPath, finding: Finding, at: 'key' | 'value' = 'value'): Diagnostic {
    return toDiagnostic(this.file, formatPath(path), this.locate(path, at), finding);
  }

  /** A diagnostic inside a text value, `offset` characters from its beginning. */
  diagnoseInside(path: DocumentPath, offset: number, finding: Finding): Diagnostic {
    return toDiagnostic(this.file, formatPath(path), this.#locateInside(path, offset), finding);
  }

  /** Where a part of the document stands; where its nearest parent stands when it is missing. */
  locate(path: DocumentPath, at: 'key' | 'value' = 'value'): Position {
    const offset = at === 'key' ? this.#keyOffset(path) : this.#nodeAt(path)?.range?.[0];
    if (offset !== undefined) return this.#position(offset);
    return path.length === 0 ? { line: 1, column: 1 } : this.locate(path.slice(0, -1), 'key');
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  #nodeAt(path: DocumentPath): Node | undefined {
    const node: unknown = path.length === 0 ? this.#document?.contents : this.#document?.getIn(path, true);
    return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
  }

  #keyOffset(path: DocumentPath): number | undefined {
    const parent = this.#nodeAt(path.slice(0, -1));
    const last = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
      return isPair(pair) && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    }
    return this.#nodeAt(path)?.range?.[0];
  }

  #locateInside(path: DocumentPath, offset: number): Position {
    const node = this.#nodeAt(path);
    const start = node?.range?.[0];
    if (start === undefined || !isScalar(node)) return this.locate(path);
    return this.#position(offsetInText(this.text, start, { node, offset }));
  }
}

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
  return { code: 'SW1001', message: `this is no YAML: ${firstLine(error.message)}` };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

/** An alias whose anchor is not there. */
function lostAlias(document: Document): Alias | undefined {
  let lost: Alias | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      lost = alias;
      return visit.BREAK;
    },
  });
  return lost;
}

function aliasOfNothing({ source }: Alias): Finding {
  const message = `"*${source}" stands for nothing`;
  return { code: 'SW1001', message, hint: `mark what it stands for with &${source}, before it` };
}

function depthOf(document: Document): number {
  let deepest = 0;
  visit(document, (_key, node, ancestors) => {
    deepest = Math.max(deepest, [...ancestors, node].filter(isCollection).length);
    return deepest > MAX_DEPTH ? visit.BREAK : undefined;
  });
  return deepest;
}

function toDiagnostic(file: string, path: string, position: Position, finding: Finding): Diagnostic {
  const { code, message, hint, severity = 'error' } = finding;
  return { code, severity, file, ...position, path, message, ...(hint === undefined ? {} : { hint }) };
}
