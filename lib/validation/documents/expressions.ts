import type { Json } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import { readExpression } from '#expression/delimiters.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import { ExpressionSyntaxError, type FreeVariable } from '#expression/parse.ts';
import { fieldOffset } from '../field-offset.ts';
import type { Report, Violation } from '../report.ts';
import { syntaxHint } from '../rules/expression-syntax.ts';
import { reportPart } from '../rules/whole-expressions.ts';
import { parsedOrError, textsIn } from '../texts.ts';

/** What expressions may read: names, each with the fields it has, or undefined where these are not known. */
export type Names = Readonly<Record<string, readonly string[] | undefined>>;

/** Checks every expression in delimiters inside a value. */
export function checkExpressions(
  value: Json | undefined,
  path: DocumentPath,
  { names, report }: { readonly names: Names; readonly report: Report },
): void {
  for (const [at, text] of textsIn(value, path)) {
    const expression = readExpression(text);
    if (expression === undefined) reportPart(text, at, report);
    else check({ ...expression, path: at, names, hasRecord: false }, report);
  }
}

/** Checks an expression without delimiters over one record, whose fields are its plain names. */
export function checkWhere(text: string | undefined, path: DocumentPath, report: Report): void {
  if (text !== undefined) check({ text, offset: 0, path, names: {}, hasRecord: true }, report);
}

interface Site {
  readonly text: string;
  /** Where it begins in its text value, in characters. */
  readonly offset: number;
  readonly path: DocumentPath;
  readonly names: Names;
  /** Whether plain names are fields of a record. */
  readonly hasRecord: boolean;
}

function check(site: Site, report: Report): void {
  const { text, offset, path, hasRecord } = site;
  const parsed = parsedOrError(text);
  if (parsed instanceof ExpressionSyntaxError) {
    report.inside(path, offset + parsed.offset, {
      code: 'SW1301',
      message: `this is no expression: ${parsed.message}`,
      ...(hasRecord && readExpression(text) !== undefined
        ? { hint: 'this is written without {% and %}' }
        : syntaxHint(text)),
    });
    return;
  }
  for (const variable of parsed.variables) checkVariable(variable, site, report);
  for (const { name, offset: at } of hasRecord ? [] : parsed.contextFields) {
    report.inside(path, offset + at, {
      code: 'SW1304',
      message: `"${name}" is a field of nothing`,
      hint: `a text is written '${name}', a name $${name}`,
    });
  }
}

function checkVariable(variable: FreeVariable, site: Site, report: Report): void {
  const { name, called, offset } = variable;
  const tell = (violation: Violation) => report.inside(site.path, site.offset + offset, violation);
  if (!called && Object.hasOwn(site.names, name)) checkField(variable, site, report);
  else if (FUNCTIONS.has(name)) return;
  else if (called) {
    tell({ code: 'SW1302', message: `there is no function $${name}`, ...withDollar(name, FUNCTIONS) });
  } else {
    const known = Object.keys(site.names);
    tell({ code: 'SW1205', message: `$${name} stands for nothing here`, ...withDollar(name, known) });
  }
}

function checkField(variable: FreeVariable, { text, offset, path, names }: Site, report: Report): void {
  const known = names[variable.name];
  const [field] = variable.fields;
  if (known === undefined || field === undefined || known.includes(field)) return;
  report.inside(path, offset + fieldOffset(text, variable, 0), {
    code: 'SW1209',
    message: `$${variable.name} has no field "${field}"`,
    ...didYouMean(field, known),
  });
}

function withDollar(name: string, candidates: Iterable<string>): { hint?: string } {
  const { hint } = didYouMean(name, candidates);
  return hint === undefined ? {} : { hint: hint.replace('"', '"$') };
}
