import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { EngineRun, NamedError } from '#support/engine-run.ts';

/** A distributed Map in JSONPath over the input, whose children call a function. */
const map = (more: JsonObject = {}, processor: JsonObject = {}): JsonObject => ({
  StartAt: 'each',
  States: {
    each: {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'work',
        States: {
          work: {
            ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true },
            Parameters: { FunctionName: `\${WorkFunctionArn}`, 'Payload.$': '$' },
            OutputPath: '$.Payload',
            ...processor,
          },
        },
      },
      End: true,
      ...more,
    },
  },
});

/** Doubles numbers, and fails on those below 0. */
const double = async (payload: Json): Promise<Json> => {
  if (Number(payload) < 0) throw new NamedError('Negative');
  return typeof payload === 'number' ? payload * 2 : payload;
};

async function run(definition: JsonObject, input: Json) {
  using engine = new EngineRun({ WorkFunctionArn: double });
  const description = await engine.runMachine(definition, input);
  return { description, events: await engine.events() };
}

describe('a distributed Map', () => {
  test('runs each item as an execution of its own, and gives the outputs in order', async () => {
    const items = Array.from({ length: 120 }, (_, index) => index);
    const { description, events } = await run(map({ MaxConcurrency: 7 }), items);
    expect(description).toMatchObject({ status: 'SUCCEEDED', output: items.map((item) => item * 2) });
    expect(events).toEqual([
      '0 ExecutionStarted',
      '0 MapStateEntered each',
      '2 MapStateStarted',
      '3 MapRunStarted',
      '4 MapRunSucceeded',
      '5 MapStateSucceeded',
      '4 MapStateExited each',
      '7 ExecutionSucceeded',
    ]);
  });

  test('an engine that is closed at the moment a child has failed leaves the others to its next start', async () => {
    const first = Promise.withResolvers<Json>();
    const engine = new EngineRun({
      WorkFunctionArn: (payload) => (payload === 0 ? first.promise : new Promise(() => {})),
    });
    const ref = { machine: 'machine', name: 'one' };
    await engine.engine.deploy({ name: ref.machine, definition: map() });
    await engine.engine.start(ref, [0, 1]);
    await engine.quiet();
    const [mapRun] = await engine.engine.listMapRuns(ref);
    const children = await engine.engine.listChildren(mapRun?.arn ?? '', { most: 2 });
    const closed = Promise.withResolvers<void>();
    const close = (): void => {
      engine[Symbol.dispose]();
      closed.resolve();
    };
    for (const child of children) void engine.engine.whenEnded(child.ref).then(close);
    first.reject(new NamedError('Broken'));
    await closed.promise;
    // What the parent does about it comes after that: it must throw nothing that nobody catches.
    await engine.quiet();
    expect(children).toHaveLength(2);
  });

  test('has at most so many children at once', async () => {
    let [running, most] = [0, 0];
    using engine = new EngineRun({
      WorkFunctionArn: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) =>
          engine.clock.setTimer(engine.clock.now() + 1_000, () => resolve(undefined)),
        );
        running--;
        return null;
      },
    });
    await engine.runMachine(map({ MaxConcurrency: 3 }), [1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
    expect(engine.clock.now()).toBe(3_000);
  });

  test('gives each item what ItemSelector makes of it', async () => {
    const selector = { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'all.$': '$.items' };
    const { description } = await run(map({ ItemsPath: '$.items', ItemSelector: selector }), {
      items: ['a'],
    });
    expect(description.output).toEqual([{ index: 0, value: 'a', all: ['a'] }]);
  });

  test.each<[JsonObject, readonly number[]]>([
    [{ MaxItemsPerBatch: 2 }, [2, 2, 1]],
    [{ MaxItemsPerBatchPath: '$.most' }, [3, 2]],
    [{ MaxInputBytesPerBatch: 4 }, [4, 1]],
    [{ MaxItemsPerBatch: 10 }, [5]],
  ])('puts items into batches by %j', async (ItemBatcher, sizes) => {
    const batcher = { ...ItemBatcher, BatchInput: { 'most.$': '$.most' } };
    const { description } = await run(map({ ItemsPath: '$.items', ItemBatcher: batcher }), {
      items: [1, 2, 3, 4, 5],
      most: 3,
    });
    const batches = description.output as readonly { Items: readonly Json[]; BatchInput: Json }[];
    expect(batches.map(({ Items }) => Items.length)).toEqual(sizes);
    expect(batches.flatMap(({ Items }) => Items)).toEqual([1, 2, 3, 4, 5]);
    expect(batches[0]?.BatchInput).toEqual({ most: 3 });
  });
});

describe('children of a distributed Map may fail', () => {
  const items = [1, -1, 2, -2];

  test.each<[JsonObject, boolean]>([
    [{}, false],
    [{ ToleratedFailureCount: 1 }, false],
    [{ ToleratedFailureCount: 2 }, true],
    [{ ToleratedFailurePercentage: 49 }, false],
    [{ ToleratedFailurePercentage: 50 }, true],
    [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 25 }, false],
  ])('as many as %j says: %j', async (tolerance, isTolerated) => {
    const { description } = await run(map(tolerance), items);
    expect(description).toMatchObject(
      isTolerated
        ? { status: 'SUCCEEDED', output: [2, 4] }
        : {
            status: 'FAILED',
            error: 'States.ExceedToleratedFailureThreshold',
            cause: 'The specified tolerated failure threshold was exceeded',
          },
    );
  });

  test('which the history tells, and a catcher takes', async () => {
    const definition = map({
      Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'late' }],
    });
    const { events } = await run(
      { ...definition, States: { ...Object(definition['States']), late: { Type: 'Succeed' } } },
      items,
    );
    expect(events.slice(4, 8)).toEqual([
      '4 MapRunFailed States.ExceedToleratedFailureThreshold',
      '5 MapStateFailed',
      '6 MapStateExited each',
      '7 SucceedStateEntered late',
    ]);
  });

  test('and the others are stopped then', async () => {
    using engine = new EngineRun({
      WorkFunctionArn: (payload) => (payload === -1 ? double(payload) : new Promise(() => {})),
    });
    await engine.engine.deploy({ name: 'machine', definition: map() });
    const ref = { machine: 'machine', name: 'one' };
    await engine.engine.start(ref, [1, 1, -1]);
    expect(await engine.finish(ref)).toMatchObject({ status: 'FAILED' });
    await engine.quiet();
    expect(engine.engine.running).toBe(0);
  });
});

test.each<[JsonObject, string]>([
  [
    { ToleratedFailureCountPath: '$[0]' },
    'The ToleratedFailureCountPath field refers to value "x" which is not a valid integer: $[0]',
  ],
  [{ ToleratedFailurePercentage: 101 }, 'ToleratedFailurePercentage must be between 0 and 100.'],
  [{ ToleratedFailureCount: -1 }, 'ToleratedFailureCount cannot be negative.'],
  [{ ItemBatcher: { MaxItemsPerBatch: 0 } }, 'MaxItemsPerBatch must be positive, not 0'],
])('a distributed Map fails with %j', async (more, reason) => {
  const { description } = await run(map(more), ['x']);
  const cause = `An error occurred while executing the state 'each' (entered at the event id #2). ${reason}`;
  expect(description).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause });
});
