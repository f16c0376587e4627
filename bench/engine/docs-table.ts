import type { EngineReport } from './figures.ts';
import { printReport } from './table.ts';

const PLACE = /(<!-- bench:engine -->\n)[\s\S]*?(<!-- \/bench:engine -->)/;

/** A page with the table of a report between its marks. Throws when it has no marks. */
export function withTable(page: string, report: EngineReport): string {
  if (!PLACE.test(page)) throw new Error('the page has no place for the table of bench:engine');
  return page.replace(
    PLACE,
    (_, start: string, end: string) => `${start}\`\`\`text\n${printReport(report)}\n\`\`\`\n${end}`,
  );
}
