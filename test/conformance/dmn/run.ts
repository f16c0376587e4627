import { readRunnerArguments } from '../runner-arguments.ts';
import { differenceIn } from './ask-model.ts';
import { loadKitCases } from './kit-cases.ts';

const USAGE = `usage: npm run conformance:dmn -- DIR [--only PATTERN] [--least SHARE] [--json]

Imports the models of a folder of the DMN compatibility kit, such as TestCases/compliance-level-2, decides its cases, and tells
what differs.

  --only PATTERN   cases whose name has a match of this regular expression
  --least SHARE    exit with 1 when less than this share is as expected (default 0.95)
  --json           print one JSON document`;

async function main(argv: readonly string[]): Promise<number> {
  const args = readRunnerArguments(argv, '0.95');
  if (args === undefined || args.details) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const cases = loadKitCases(args.folder).filter(({ name }) => args.only.test(name));
  const differences: { readonly name: string; readonly difference: string }[] = [];
  for (const each of cases) {
    const difference = await differenceIn(each);
    if (difference === undefined) continue;
    differences.push({ name: each.name, difference });
    if (!args.json) process.stdout.write(`${each.name} ${difference}\n`);
  }
  const passed = cases.length - differences.length;
  const share = cases.length === 0 ? 0 : passed / cases.length;
  const models = new Set(cases.map(({ model }) => model)).size;
  process.stdout.write(
    args.json
      ? `${JSON.stringify({ cases: cases.length, passed, models, differences }, undefined, 2)}\n`
      : `${passed} of ${cases.length} results in ${models} models are as expected: ${(share * 100).toFixed(1)} %\n`,
  );
  return cases.length === 0 || share < args.least ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
