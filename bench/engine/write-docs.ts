/** `npm run bench:docs`: writes the table of the last whole run into docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTable } from './docs-table.ts';
import { EngineReportSchema } from './figures.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = join(ROOT, 'docs/performance.md');
const report = EngineReportSchema.parse(
  JSON.parse(readFileSync(join(ROOT, 'bench/results/engine.json'), 'utf8')),
);
writeFileSync(page, withTable(readFileSync(page, 'utf8'), report));
