import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFields, fieldPage } from './field-page.ts';
import { differenceText } from './print-verdicts.ts';

const PAGE = join(import.meta.dirname, '../../docs/reference/conformance.md');

const checked = await checkFields();
writeFileSync(PAGE, fieldPage(checked));
for (const { group, row, found } of checked)
  for (const [language, differences] of Object.entries(found))
    if (differences.length > 0)
      process.stdout.write(
        `${group.title}, ${row.field} (${language})\n${differences.map(differenceText).join('\n')}\n`,
      );
