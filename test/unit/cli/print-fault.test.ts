import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { printFault } from '#cli/print-fault.ts';
import { type FaultKind, StepwrightError } from '#core/error.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

function fault(kind: FaultKind): StepwrightError {
  return new StepwrightError({ code: 'SW3001', kind, message: 'port 1 is in use', hint: 'take another' });
}

test.each([
  ['invalid', 2],
  ['not-found', 2],
  ['unavailable', 1],
  ['conflict', 1],
] as const)('a fault of kind %s exits with %i', (kind, exitCode) => {
  expect(printFault(fault(kind), recordingTerminal(), false)).toBe(exitCode);
});

test('a fault is one clear message with its code and what to do, and no stack', () => {
  const terminal = recordingTerminal();
  printFault(fault('unavailable'), terminal, false);
  expect(terminal.noted).toEqual(['error[SW3001]: port 1 is in use', '  hint: take another']);
  expect(terminal.printed).toEqual([]);
});

test('with --json the fault is also the one document on stdout', () => {
  const terminal = recordingTerminal({ json: true });
  printFault(fault('unavailable'), terminal, false);
  expect(terminal.printed.map((text) => JSON.parse(text))).toEqual([
    { code: 'SW3001', message: 'port 1 is in use', hint: 'take another' },
  ]);
});

test('a defect asks to be reported, and shows its stack only with --debug', () => {
  const defect = new TypeError('x is not a function');
  const quiet = recordingTerminal();
  const loud = recordingTerminal();
  expect(printFault(defect, quiet, false)).toBe(1);
  expect(printFault(defect, loud, true)).toBe(1);
  expect(quiet.noted.join('\n')).toContain('error[SW3090]: unexpected: x is not a function');
  expect(quiet.noted.join('\n')).toContain('please report');
  expect(quiet.noted.join('\n')).not.toContain('    at ');
  expect(loud.noted.join('\n')).toContain('    at ');
});

test('what is thrown and no Error is told all the same', () => {
  const terminal = recordingTerminal();
  expect(printFault('just text', terminal, true)).toBe(1);
  expect(terminal.noted[0]).toContain('just text');
});

test('bad usage exits with 2, asking for help with 0', () => {
  const terminal = recordingTerminal({ json: true });
  const usage = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'");
  expect(printFault(usage, terminal, false)).toBe(2);
  expect(printFault(new CommanderError(0, 'commander.help', '(help)'), terminal, false)).toBe(0);
  expect(terminal.printed.map((text) => JSON.parse(text))).toEqual([
    { code: 'SW3000', message: "unknown option '--x'" },
  ]);
});
