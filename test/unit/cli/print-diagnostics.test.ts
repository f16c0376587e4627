import pc from 'picocolors';
import { expect, test } from 'vitest';
import { formatDiagnostics, summarise } from '#cli/print-diagnostics.ts';
import type { Diagnostic } from '#core/diagnostic.ts';

const plain = { paint: pc.createColors(false), columns: 40 };

function diagnostic(part: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'SW1201',
    severity: 'error',
    file: 'a.yaml',
    line: 2,
    column: 8,
    path: 'steps[0]',
    message: 'step "check" needs "flsh"',
    ...part,
  };
}

test('a diagnostic shows the place in the line and underlines the word there', () => {
  const text = formatDiagnostics(
    [diagnostic({ hint: 'did you mean "flash"?' })],
    new Map([['a.yaml', 'x: 1\nneeds: flsh, more']]),
    plain,
  );
  expect(text).toBe(
    [
      'a.yaml:2:8 error[SW1201]',
      '  step "check" needs "flsh"',
      '   2 | needs: flsh, more',
      '     |        ^^^^',
      '  hint: did you mean "flash"?',
    ].join('\n'),
  );
});

test('no line is wider than the terminal, and a long quoted line is shown around the place', () => {
  const source = `${'x'.repeat(200)} bad ${'y'.repeat(200)}`;
  const text = formatDiagnostics(
    [diagnostic({ line: 1, column: 202, message: 'word '.repeat(30).trim() })],
    new Map([['a.yaml', source]]),
    plain,
  );
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(text).toContain(' bad ');
  expect(text).toContain('^^^');
});

test('without the text of the file nothing is quoted', () => {
  expect(formatDiagnostics([diagnostic()], new Map(), plain)).toBe(
    'a.yaml:2:8 error[SW1201]\n  step "check" needs "flsh"',
  );
});

test.each([
  [[], 'no problems in 1 file'],
  [[diagnostic()], '1 error in 1 file'],
  [
    [diagnostic(), diagnostic(), diagnostic({ severity: 'warning' }), diagnostic({ severity: 'info' })],
    '2 errors, 1 warning, 1 info in 1 file',
  ],
])('the summary counts by severity', (diagnostics, text) => {
  expect(summarise(diagnostics, 1)).toBe(text);
});
