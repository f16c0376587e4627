import type { Diagnostic } from '#core/diagnostic.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { Source } from '#definition/source.ts';
import { CODES, type Code } from './codes.ts';

/** What a rule has found. How much it weighs is told by its code. */
export interface Violation {
  readonly code: Code;
  readonly message: string;
  readonly hint?: string;
}

/** Findings past this number help nobody, and a file can be made to have a million. */
const MAX_VIOLATIONS = 500;

/** Takes what rules find in a file. */
export class Report {
  readonly #source: Source;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  /** At a value of the document. */
  at(path: DocumentPath, violation: Violation): void {
    this.#add(this.#source.diagnose(path, weighed(violation)));
  }

  /** At a key of the document. */
  atKey(path: DocumentPath, violation: Violation): void {
    this.#add(this.#source.diagnose(path, weighed(violation), 'key'));
  }

  /** Inside a text value, `offset` characters from its beginning. */
  inside(path: DocumentPath, offset: number, violation: Violation): void {
    this.#add(this.#source.diagnoseInside(path, offset, weighed(violation)));
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#diagnostics.length >= MAX_VIOLATIONS;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  #add(diagnostic: Diagnostic): void {
    if (!this.isFull) this.#diagnostics.push(diagnostic);
  }
}

function weighed(violation: Violation): Violation & { readonly severity: Diagnostic['severity'] } {
  return { ...violation, severity: CODES[violation.code].severity };
}
