import { measure, shareOf, sharesByFamily, type Verdict } from './measure.ts';
import { sharesText, verdictText } from './print-verdicts.ts';
import { loadCases } from './recorded-case.ts';
import { readRunnerArguments } from './runner-arguments.ts';

const USAGE = `usage: npm run conformance -- DIR [--only PATTERN] [--least SHARE] [--details] [--json]

Reproduces the recorded runs of a folder on the embedded engine, and tells what differs.

  --only PATTERN   cases whose name has a match of this regular expression
  --least SHARE    exit with 1 when less than this share is reproduced (default 0.99)
  --details        compare what events hold, too, where that was recorded
  --json           print one JSON document`;

async function main(argv: readonly string[]): Promise<number> {
  const args = readRunnerArguments(argv, '0.99');
  if (args === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const cases = loadCases(args.folder).filter(({ name }) => args.only.test(name));
  const verdicts: Verdict[] = [];
  for await (const verdict of measure(cases, args.details ? 'details' : 'events')) {
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
