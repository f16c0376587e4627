import type { DocumentPath } from '#definition/document-path.ts';
import { REPORT_SOURCES, type ReportFieldType, reportField } from '#definition/report/fields.ts';
import type { ReportFile } from '#definition/report/report.ts';
import { didYouMean } from '#definition/suggest.ts';
import { ExpressionSyntaxError } from '#expression/parse.ts';
import type { Report } from '../report.ts';
import { parsedOrError } from '../texts.ts';

/** Tells of fields that records of the source do not have, and of those that hold something else than is made of them. */
export function checkFields(file: ReportFile, report: Report): void {
  const { filters = {}, groupBy = {}, measures, where } = file;
  const site = { source: file.source, report };
  for (const name of Object.keys(filters)) checkField(name, ['filters', name], { ...site, isKey: true });
  for (const [column, group] of Object.entries(groupBy)) {
    const path = ['groupBy', column];
    if (typeof group === 'string') checkField(group, path, site);
    else checkField(group.time, [...path, 'time'], { ...site, of: TIMES });
  }
  for (const [column, measure] of Object.entries(measures)) {
    if (measure === 'count') continue;
    const path = ['measures', column];
    if ('share' in measure) checkContext(measure.share, [...path, 'share'], site);
    else if ('distinct' in measure) checkField(measure.distinct, [...path, 'distinct'], site);
    else {
      const [[key, field] = ['', '']] = Object.entries(measure).filter(([name]) => name !== 'at');
      checkField(String(field), [...path, key], { ...site, of: NUMBERS });
    }
  }
  if (where !== undefined) checkContext(where, ['where'], site);
}

interface Wanted {
  readonly types: readonly ReportFieldType[];
  readonly words: string;
}

/** What stands below a map may be anything. */
const TIMES: Wanted = { types: ['time', 'map'], words: 'no time' };
const NUMBERS: Wanted = { types: ['number', 'duration', 'map'], words: 'no number' };

interface Site {
  readonly source: ReportFile['source'];
  readonly report: Report;
  readonly isKey?: boolean;
  readonly of?: Wanted;
}

function checkField(name: string, path: DocumentPath, { source, report, isKey, of }: Site): void {
  const field = reportField(source, name);
  const violation =
    field === undefined
      ? unknownField(name, source)
      : of !== undefined && !of.types.includes(field.type)
        ? ({
            code: 'SW1852',
            message: `"${name}" is ${of.words}: ${field.is}`,
            hint: `fields that do: ${fieldsOf(source, of.types).join(', ')}`,
          } as const)
        : undefined;
  if (violation === undefined) return;
  if (isKey === true) report.atKey(path, violation);
  else report.at(path, violation);
}

function unknownField(name: string, source: ReportFile['source']) {
  const known = Object.keys(REPORT_SOURCES[source].fields);
  return {
    code: 'SW1851',
    message: `${REPORT_SOURCES[source].of} has no field "${name}"`,
    hint: `it has ${known.join(', ')}`,
    ...didYouMean(name, known),
  } as const;
}

function fieldsOf(source: ReportFile['source'], types: readonly ReportFieldType[]): readonly string[] {
  const { fields } = REPORT_SOURCES[source];
  return Object.entries(fields).flatMap(([name, { type }]) =>
    type === 'map' ? [] : types.includes(type) ? [name] : [],
  );
}

/** Inside of these, plain names are fields of something else than the record. */
const OTHER_CONTEXT = /[[{^@#%]|\.\(|\bfunction\b|λ|\*|\$\./;

/** Plain names of an expression over a record. */
function checkContext(text: string, path: DocumentPath, { source, report }: Site): void {
  const parsed = parsedOrError(text);
  if (parsed instanceof ExpressionSyntaxError || OTHER_CONTEXT.test(text)) return;
  for (const { name, offset } of parsed.contextFields) {
    if (reportField(source, name) === undefined) report.inside(path, offset, unknownField(name, source));
  }
}
