import type { JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { ExpressionSyntaxError, FreeVariable, ParsedExpression } from '#expression/parse.ts';
import type { Meaning } from './names.ts';
import type { Report } from './report.ts';
import type { Site } from './sites.ts';
import type { StepList, StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** A text of the definition that is an expression, and where it stands. */
export interface ExpressionSite extends Site {
  /** Without delimiters. */
  readonly text: string;
  /** Where the expression begins in its text value, in characters. */
  readonly offset: number;
}

/** An expression that parses. */
export interface ParsedSite extends ExpressionSite {
  readonly parsed: ParsedExpression;
}

/** A name that an expression reads or calls. */
export interface Reading {
  readonly variable: FreeVariable;
  /** What it stands for when it is not called. */
  readonly meaning: Meaning;
  readonly site: ParsedSite;
}

/** A command that a step sends, or that undoes it. */
export interface CommandUse {
  readonly name: string;
  readonly arguments: JsonObject;
  /** Of the part of the document that has the keys `command` and `with`. */
  readonly path: DocumentPath;
}

/** Where a rule stands: what it looks at, and whom it tells. */
export interface Examination {
  readonly subject: Subject;
  readonly report: Report;
}

/** One rule: what it does at each part of a workflow that the walk comes by. A rule keeps nothing between calls. */
export interface Rule {
  workflow?(examination: Examination): void;
  list?(list: StepList, examination: Examination): void;
  step?(node: StepNode, examination: Examination): void;
  command?(use: CommandUse, examination: Examination): void;
  /** A text value that is no expression. */
  text?(text: { readonly value: string; readonly path: DocumentPath }, examination: Examination): void;
  malformed?(error: ExpressionSyntaxError, site: ExpressionSite, examination: Examination): void;
  expression?(site: ParsedSite, examination: Examination): void;
  reading?(reading: Reading, examination: Examination): void;
}
