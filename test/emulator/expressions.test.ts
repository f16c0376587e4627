import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { StepFunctionsEngine } from '#engine/step-functions.ts';
import { DIFFERENCES, EXPRESSIONS, FAILING, INPUT } from '#support/expressions.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { POLL } from './client.ts';
import { deployed, describeEmulated, isEmulated } from './stacks.ts';

const emulatorName = isEmulated ? deployed().emulator : undefined;

describeEmulated('expressions on the emulator', () => {
  let client: SFNClient;
  let engine: StepFunctionsEngine;
  let count = 0;

  beforeAll(() => {
    client = new SFNClient(emulatorClientConfig(deployed().endpoint));
    engine = new StepFunctionsEngine({
      client,
      machineArnPrefix: 'arn:aws:states:us-east-1:000000000000:stateMachine:expressions-',
      deployment: { roleArn: 'arn:aws:iam::000000000000:role/expressions', substitutions: {} },
    });
  });
  afterAll(() => client.destroy());

  /** Evaluates some expressions in one machine; undefined when one of them fails. */
  async function evaluated(texts: readonly string[]): Promise<readonly Json[] | undefined> {
    const ref = { machine: `t${Date.now()}-${count++}`, name: 'one' };
    await engine.deploy({ name: ref.machine, definition: machineOf(texts) });
    await engine.start(ref, INPUT);
    const description = await vi.waitFor(async () => {
      const found = await engine.describe(ref);
      if (found === undefined || found.status === 'RUNNING') throw new Error('still running');
      return found;
    }, POLL);
    const values = description.status === 'SUCCEEDED' ? description.output : undefined;
    // MiniStack ends an execution well whose last state could not be evaluated, with the error as its output.
    if (!isJsonObject(values) || Object.hasOwn(values, 'Error')) return undefined;
    return texts.map((_, index) => values[`value${index}`] ?? null);
  }

  const differing = new Set(DIFFERENCES.filter(({ on }) => on === emulatorName).map(({ text }) => text));
  const isAlike = (text: string): boolean => !differing.has(text) && !isSpoilt(text);

  test('give the same values as here', async () => {
    const rows = EXPRESSIONS.filter(({ text }) => isAlike(text));
    const values = await evaluated(rows.map(({ text }) => text));
    const there = rows.map(({ text }, index) => ({ text, gives: values?.[index] }));
    expect(there).toEqual(rows.map(({ text, gives }) => ({ text, gives })));
  });

  test.each(FAILING.filter(isAlike))('%s fails as it does here', async (text) => {
    expect(await evaluated([text])).toBeUndefined();
  });

  test.each(DIFFERENCES.filter(({ on }) => on === emulatorName))(
    '$text is known to differ on $on',
    async (row) => {
      expect((await evaluated([row.text]))?.[0]).toEqual(row.emulated);
    },
  );
});

/** What the one difference of a function spoils: LocalStack has no `$hash` at all, and gives the inner parts of functions. */
function isSpoilt(text: string): boolean {
  return emulatorName === 'localstack' && (text.includes('$hash(') || text.startsWith('function('));
}

function machineOf(texts: readonly string[]): JsonObject {
  const values = texts.map((text, index) => [`value${index}`, `{% ${text} %}`] as const);
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'input',
    States: {
      input: { Type: 'Pass', Assign: { input: '{% $states.input %}' }, Next: 'values' },
      values: { Type: 'Pass', Output: Object.fromEntries(values), End: true },
    },
  };
}
