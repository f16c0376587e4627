import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OPTIMISED } from '#engine/embedded/services/optimised.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/reference/integrations.md'), 'utf8');

test('the page names each optimised integration, how it can be called, and what its errors begin with', () => {
  const rows = Object.entries(OPTIMISED).flatMap(([service, { actions, errorPrefix }]) =>
    Object.entries(actions).map(([action, patterns]) => {
      const how = patterns.length === 0 ? '' : `${patterns.map((pattern) => `\`.${pattern}\``).join(' ')} `;
      return `| \`${service}:${action}\` | ${how}| \`${errorPrefix}.\` |`;
    }),
  );
  const told = PAGE.split('\n').filter(
    (line) => /^\| `[a-z-]+:\w+` \|/.test(line) && !line.includes('http:invoke'),
  );
  expect(told).toEqual(rows);
});
