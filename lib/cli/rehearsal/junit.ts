import type { CaseResult } from '#rehearsal/tests/run-case.ts';
import type { TestedCase } from './tested-case.ts';

/** A report in the XML of JUnit, as GitLab, Jenkins, GitHub's reporters and others read it. Times are in seconds. */
export function junitOf(tested: readonly TestedCase[]): string {
  const files = Map.groupBy(tested, ({ tests }) => tests.source.file);
  const suites = [...files].map(([file, cases]) => suiteOf(file, cases));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="stepwright">\n${suites.join('\n')}\n</testsuites>\n`;
}

function suiteOf(file: string, cases: readonly TestedCase[]): string {
  const failures = cases.filter(({ results }) => lastOf(results).differences.length > 0).length;
  const time = secondsOf(cases.flatMap(({ results }) => results));
  const head = `<testsuite name="${escaped(file)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${time}">`;
  return [`  ${head}`, ...cases.map(caseOf), '  </testsuite>'].join('\n');
}

function caseOf({ tests, results }: TestedCase): string {
  const last = lastOf(results);
  const { line } = tests.source.locate([...last.one.at]);
  const { name } = tests.workflow.workflow;
  const head = `<testcase name="${escaped(last.one.name)}" classname="${escaped(name)}" file="${escaped(tests.source.file)}" line="${line}" time="${secondsOf(results)}"`;
  if (last.differences.length === 0) return `    ${head}/>`;
  const texts = last.differences.map(({ at, expected, actual, note }) => {
    const place =
      at.length === 0
        ? ''
        : `${at.join('.')}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
    return [place, note].filter((part) => part !== undefined && part !== '').join('\n');
  });
  const [message = ''] = texts;
  const body = [...texts, `seed ${last.seed}`].join('\n');
  return [
    `    ${head}>`,
    `      <failure message="${escaped(message)}" type="Unexpected">${escaped(body)}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function lastOf(results: TestedCase['results']): CaseResult {
  return results.at(-1) ?? results[0];
}

function secondsOf(results: readonly CaseResult[]): string {
  return (results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000).toFixed(3);
}

/** XML 1.0 has no control characters but tab and the ends of lines. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
