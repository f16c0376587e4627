import type { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import { AlertFileSchema } from '#definition/alert/alert.ts';
import { DecisionFileSchema } from '#definition/decision/decision.ts';
import type { ListedDocument } from '#definition/document-kind.ts';
import { ReportFileSchema } from '#definition/report/report.ts';
import { checkShape } from '#definition/shape.ts';
import type { Source } from '#definition/source.ts';
import { duplicateFiles } from '../duplicate-files.ts';
import { checkAlerts } from './alert.ts';
import { checkDecision } from './decision.ts';
import { checkReport } from './report.ts';

/** What a file is called in its project, and all that is wrong with it. */
interface CheckedDocument {
  readonly source: Source;
  /** Undefined where the file has not its shape. */
  readonly identity: Identity | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

interface Identity {
  readonly name: string;
  /** The key that it begins with, and its name stands at. */
  readonly key: string;
}

/** Tells all that is wrong with the decisions, alerts and reports of a project. */
export function checkDocuments(documents: readonly ListedDocument[]): readonly Diagnostic[] {
  const checked = documents.flatMap((document) => checkedDocument(document) ?? []);
  return [...checked.flatMap(({ diagnostics }) => diagnostics), ...duplicates(checked)];
}

/** Templates and fleets are checked by those that run them. */
function checkedDocument({ kind, source }: ListedDocument): CheckedDocument | undefined {
  switch (kind) {
    case 'decision':
      return checked(source, DecisionFileSchema, {
        check: checkDecision,
        identify: ({ decision, version }) => ({ key: 'decision', name: `decision ${decision} ${version}` }),
      });
    case 'alert':
      return checked(source, AlertFileSchema, {
        check: checkAlerts,
        identify: ({ alerts }) => ({ key: 'alerts', name: `group of alerts ${alerts}` }),
      });
    case 'report':
      return checked(source, ReportFileSchema, {
        check: checkReport,
        identify: ({ report }) => ({ key: 'report', name: `report ${report}` }),
      });
    default:
      return undefined;
  }
}

/** How files of a kind are checked that have their shape. */
interface Checks<File> {
  check(file: File, source: Source): readonly Diagnostic[];
  identify(file: File): Identity;
}

function checked<Schema extends z.ZodObject>(
  source: Source,
  schema: Schema,
  { check, identify }: Checks<z.infer<Schema>>,
): CheckedDocument {
  if (source.value === undefined) return { source, identity: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(schema, source.value, { source, path: [] });
  if (!shaped.ok) return { source, identity: undefined, diagnostics: shaped.diagnostics };
  return { source, identity: identify(shaped.value), diagnostics: check(shaped.value, source) };
}

/** Of each name, a project has one file. */
function duplicates(documents: readonly CheckedDocument[]): readonly Diagnostic[] {
  const files = documents.flatMap(({ source, identity }) =>
    identity === undefined ? [] : [{ source, key: identity.key, name: `the ${identity.name}` }],
  );
  return duplicateFiles(files, { code: 'SW1818', hint: 'take one of the two away, or rename it' });
}
