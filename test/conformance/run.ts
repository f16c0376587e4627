import { parseArgs } from 'node:util';
import type { Depth } from './compare.ts';
import { measure, shareOf, sharesByFamily, type Verdict } from './measure.ts';
import { sharesText, verdictText } from './print-verdicts.ts';
import { loadCases } from './recorded-case.ts';

const USAGE = `usage: npm run conformance -- DIR [--only PATTERN] [--least SHARE] [--details] [--json]

Reproduces the recorded runs of a folder on the embedded engine, and tells what differs.

  --only PATTERN   cases whose name has a match of this regular expression
  --least SHARE    exit with 1 when less than this share is reproduced (default 0.99)
  --details        compare what events hold, too, where that was recorded
  --json           print one JSON document`;

interface Arguments {
  readonly folder: string;
  readonly only: RegExp;
  readonly least: number;
  readonly depth: Depth;
  readonly json: boolean;
}

/** What the command line asks for; undefined when it asks for nothing that there is. */
function readArguments(argv: readonly string[]): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', default: '' },
        least: { type: 'string', default: '0.99' },
        details: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const [folder, ...more] = positionals;
    const least = Number(values.least);
    if (folder === undefined || more.length > 0 || !(least >= 0 && least <= 1)) return undefined;
    const depth = values.details ? 'details' : 'events';
    return { folder, only: new RegExp(values.only), least, depth, json: values.json };
  } catch {
    return undefined;
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const args = readArguments(argv);
  if (args === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const cases = loadCases(args.folder).filter(({ name }) => args.only.test(name));
  const verdicts: Verdict[] = [];
  for await (const verdict of measure(cases, args.depth)) {
    verdicts.push(verdict);
    const text = verdictText(verdict);
    if (!args.json && text !== '') process.stdout.write(`${text}\n`);
  }
  const share = shareOf(verdicts);
  const document = { ...share, families: Object.fromEntries(sharesByFamily(verdicts)), verdicts };
  process.stdout.write(
    args.json ? `${JSON.stringify(document, undefined, 2)}\n` : `\n${sharesText(verdicts)}\n`,
  );
  return share.reproduced < args.least * share.cases ? 1 : 0;
}

// `npm run conformance … | head` is no fault.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await main(process.argv.slice(2));
