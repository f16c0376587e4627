import { type Document, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Diagnostic, Severity } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import { type DocumentPath, formatPath, valueAt } from './document-path.ts';
import { type ParsedText, parseText } from './parse-text.ts';
import { offsetInText } from './scalar-offset.ts';

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
  /** Where in the file this document stands. */
  readonly #root: DocumentPath;

  private constructor({ file, text }: Pick<Source, 'file' | 'text'>, parsed: ParsedText, root: DocumentPath) {
    this.file = file;
    this.text = text;
    this.#root = root;
    this.#lines = parsed.lines;
    const isDocument = 'document' in parsed;
    this.#document = isDocument ? parsed.document : undefined;
    this.value = isDocument ? parsed.value : undefined;
    this.diagnostics = isDocument
      ? []
      : parsed.findings.map(({ finding, offset }) =>
          toDiagnostic(finding, { file, path: '', ...this.#position(offset) }),
        );
  }

  /** Parses YAML 1.2, of which JSON is a part. Never throws for what a user wrote. */
  static parse(file: string, text: string): Source {
    return new Source({ file, text }, parseText(text), []);
  }

  /**
   * A part of this document as one of its own, whose value has been filled in since it was written. What is found in it is
   * told where the part stands in the file.
   */
  part(path: DocumentPath, value: Json): Source {
    const document = this.#document;
    if (document === undefined) return this;
    return new Source(this, { document, value, lines: this.#lines }, [...this.#root, ...path]);
  }

  /** A diagnostic at a place of the document: at its key where it has one, else at its value. */
  diagnose(path: DocumentPath, finding: Finding, at: 'key' | 'value' = 'value'): Diagnostic {
    return toDiagnostic(finding, this.#place(path, this.locate(path, at)));
  }

  /** A diagnostic inside a text value, `offset` characters from its beginning. */
  diagnoseInside(path: DocumentPath, offset: number, finding: Finding): Diagnostic {
    return toDiagnostic(finding, this.#place(path, this.#locateInside(path, offset)));
  }

  /** The document with its comments, for who writes it anew; undefined when it does not parse. */
  get document(): Document | undefined {
    return this.#document;
  }

  /** Where a part of the document stands; where its nearest parent stands when it is missing. */
  locate(path: DocumentPath, at: 'key' | 'value' = 'value'): Position {
    return this.#locate([...this.#root, ...path], at);
  }

  #place(
    path: DocumentPath,
    { line, column }: Position,
  ): Pick<Diagnostic, 'file' | 'line' | 'column' | 'path'> {
    return { file: this.file, path: formatPath([...this.#root, ...path]), line, column };
  }

  #locate(path: DocumentPath, at: 'key' | 'value'): Position {
    const offset = at === 'key' ? this.#keyOffset(path) : this.#nodeAt(path)?.range?.[0];
    if (offset !== undefined) return this.#position(offset);
    return path.length === 0 ? { line: 1, column: 1 } : this.#locate(path.slice(0, -1), 'key');
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
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
    const node = this.#nodeAt([...this.#root, ...path]);
    const start = node?.range?.[0];
    const isAsWritten = isScalar(node) && node.value === valueAt(this.value, path);
    if (start === undefined || !isAsWritten) return this.locate(path);
    return this.#position(offsetInText(this.text, start, { node, offset }));
  }
}

function toDiagnostic(
  { code, message, hint, severity = 'error' }: Finding,
  { file, line, column, path }: Pick<Diagnostic, 'file' | 'line' | 'column' | 'path'>,
): Diagnostic {
  const diagnostic = { code, severity, file, line, column, path, message };
  return hint === undefined ? diagnostic : { ...diagnostic, hint };
}
