import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import type { Engine, ExecutionDescription, ExecutionRef } from '#engine/engine.ts';

/** An adapter under test; `close` gives back what it holds. */
export interface OpenedEngine {
  readonly engine: Engine;
  close(): Promise<void>;
}

/** What every adapter of the Engine port does. Call it once for each, in a test file of the adapter's own. */
export function describeEngine(name: string, open: () => Promise<OpenedEngine>): void {
  describe(`${name} as an engine`, () => {
    let opened: OpenedEngine;
    let engine: Engine;
    let count = 0;
    const fresh = (): string => `t${Date.now()}-${count++}`;

    beforeAll(async () => {
      opened = await open();
      engine = opened.engine;
    });
    afterAll(() => opened.close());

    async function deploy(states: Record<string, JsonObject>): Promise<ExecutionRef> {
      const machine = fresh();
      const [StartAt = ''] = Object.keys(states);
      await engine.deploy({
        name: machine,
        definition: { QueryLanguage: 'JSONata', StartAt, States: states },
      });
      return { machine, name: 'one' };
    }

    async function ended(ref: ExecutionRef): Promise<ExecutionDescription> {
      return vi.waitFor(
        async () => {
          const description = await engine.describe(ref);
          if (description === undefined || description.status === 'RUNNING') throw new Error('still running');
          return description;
        },
        { timeout: 10_000, interval: 20 },
      );
    }

    async function run(states: Record<string, JsonObject>, input: Json): Promise<ExecutionDescription> {
      const ref = await deploy(states);
      await engine.start(ref, input);
      return ended(ref);
    }

    test('runs a machine to its output', async () => {
      const description = await run(
        {
          double: { Type: 'Pass', Assign: { n: '{% $states.input.n * 2 %}' }, Next: 'add' },
          add: { Type: 'Pass', Output: { sum: '{% $n + 1 %}', input: '{% $states.input %}' }, End: true },
        },
        { n: 3 },
      );
      expect(description).toMatchObject({
        status: 'SUCCEEDED',
        input: { n: 3 },
        output: { sum: 7, input: { n: 3 } },
      });
      expect(description.endedAt).toBeGreaterThanOrEqual(description.startedAt);
    });

    test('chooses, branches, and maps in order', async () => {
      const { output } = await run(
        {
          choose: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input.go %}', Next: 'both' }],
            Default: 'never',
          },
          never: { Type: 'Fail', Error: 'Never' },
          both: {
            Type: 'Parallel',
            Branches: [
              { StartAt: 'left', States: { left: { Type: 'Pass', Output: 'l', End: true } } },
              { StartAt: 'right', States: { right: { Type: 'Pass', Output: 'r', End: true } } },
            ],
            Next: 'each',
          },
          each: {
            Type: 'Map',
            Items: '{% $states.input %}',
            ItemSelector: {
              at: '{% $states.context.Map.Item.Index %}',
              value: '{% $states.context.Map.Item.Value %}',
            },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'mark',
              States: {
                mark: { Type: 'Pass', Output: '{% $states.input.value & $states.input.at %}', End: true },
              },
            },
            End: true,
          },
        },
        { go: true },
      );
      expect(output).toEqual(['l0', 'r1']);
    });

    test('fails with the error and cause that the machine gives', async () => {
      const states = {
        stop: { Type: 'Fail', Error: 'Plant.Unsafe', Cause: "{% 'door ' & $states.input.door %}" },
      };
      expect(await run(states, { door: 4 })).toMatchObject({
        status: 'FAILED',
        error: 'Plant.Unsafe',
        cause: 'door 4',
      });
    });

    test('takes an equal machine again, and refuses another under its name', async () => {
      const machine = fresh();
      const definition = (output: string): JsonObject => ({
        QueryLanguage: 'JSONata',
        StartAt: 'a',
        States: { a: { Type: 'Pass', Output: output, End: true } },
      });
      await engine.deploy({ name: machine, definition: definition('x') });
      await engine.deploy({ name: machine, definition: definition('x') });
      const other = engine.deploy({ name: machine, definition: definition('y') });
      await expect(other).rejects.toMatchObject({ kind: 'conflict' });
    });

    test('starts an execution once for a name and input, and refuses another input', async () => {
      const ref = await deploy({ wait: { Type: 'Wait', Seconds: 3_600, End: true } });
      await engine.start(ref, { n: 1 });
      await engine.start(ref, { n: 1 });
      await expect(engine.start(ref, { n: 2 })).rejects.toMatchObject({ kind: 'conflict' });
      expect(await engine.describe(ref)).toMatchObject({ ref, status: 'RUNNING', input: { n: 1 } });
      await engine.stop(ref, { error: 'Test', cause: 'over' });
    });

    test('knows nothing of what was never started', async () => {
      const ref = await deploy({ a: { Type: 'Pass', End: true } });
      expect(await engine.describe(ref)).toBeUndefined();
      await expect(engine.history(ref, 0)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(engine.stop(ref, { error: 'E', cause: 'c' })).rejects.toMatchObject({ kind: 'not-found' });
      const unknown = engine.start({ machine: `${ref.machine}-none`, name: 'x' }, {});
      await expect(unknown).rejects.toMatchObject({ kind: 'not-found' });
    });

    test('stops what runs, with a reason, and leaves alone what has ended', async () => {
      const ref = await deploy({ wait: { Type: 'Wait', Seconds: 3_600, End: true } });
      await engine.start(ref, {});
      await engine.stop(ref, { error: 'Operator', cause: 'enough' });
      const stopped = await ended(ref);
      expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'enough' });
      await engine.stop(ref, { error: 'Again', cause: 'more' });
      expect(await engine.describe(ref)).toMatchObject({ error: 'Operator' });
    });

    test('tells its history in order, from any event on', async () => {
      const ref = await deploy({ a: { Type: 'Pass', Next: 'b' }, b: { Type: 'Pass', End: true } });
      await engine.start(ref, {});
      await ended(ref);
      const events = await engine.history(ref, 0);
      expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
      expect(events.map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ]);
      expect(events[1]?.details).toMatchObject({ name: 'a' });
      expect(await engine.history(ref, 4)).toEqual(events.slice(4));
      expect(await engine.history(ref, events.length)).toEqual([]);
    });

    test('says of a token that no task waits with that it is gone', async () => {
      expect(await engine.succeedTask('nobody', null)).toBe('gone');
      expect(await engine.failTask('nobody', { error: 'E', cause: 'c' })).toBe('gone');
      expect(await engine.heartbeatTask('nobody')).toBe('gone');
    });
  });
}
