import { expect, test } from 'vitest';
import { TOO_MANY_CHILDREN_FAILED } from '#compiler/task-payload.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { ChildQuery, ChildSummary, ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import { childFailure, type FailurePorts } from '#executions/child-failure.ts';

interface Child {
  readonly run: string;
  readonly path: string;
  readonly endedAt: number;
  readonly error?: string;
  readonly of?: string;
  readonly status?: 'FAILED' | 'ABORTED' | 'TIMED_OUT';
}

const REF = { machine: 'm', name: 'e' };
const childRef = (path: string): ExecutionRef => ({ machine: 'm/each', name: path });

/** An engine with the children of some Map Runs, of which the lists tell after so many looks. */
function portsWith(children: readonly Child[], lag = 0): FailurePorts & { readonly clock: VirtualClock } {
  let looks = 0;
  return {
    clock: new VirtualClock(),
    engine: {
      listMapRuns: async ({ name }) => {
        looks++;
        const runs = new Set(children.map(({ run }) => run));
        const own = [...runs].filter((run) => run.startsWith(`${name} `));
        return own.map((arn, at) => ({ arn, startedAt: at })).toReversed();
      },
      listChildren: async (arn: string, { status }: ChildQuery): Promise<ChildSummary[]> =>
        looks <= lag || status === undefined
          ? []
          : children
              .filter((child) => child.run === arn && (child.status ?? 'FAILED') === status)
              .map(({ path, endedAt }) => ({ ref: childRef(path), status, startedAt: 0, endedAt })),
      describe: async (ref): Promise<ExecutionDescription | undefined> => {
        const found = children.find(({ path }) => path === ref.name);
        if (found === undefined) return undefined;
        const { path, of = 'e', error, status = 'FAILED' } = found;
        return {
          ...{ ref, status, startedAt: 0, input: { path, execution: of } },
          ...(error === undefined ? {} : { error, cause: `of ${path}` }),
        };
      },
    },
  };
}

const FAILED = { execution: 'e', run: REF };

test('the failure of the child that failed first is told', async () => {
  const ports = portsWith([
    { run: 'e 1', path: 'each[0]', endedAt: 7, error: 'Device.Busy' },
    { run: 'e 1', path: 'each[1]', endedAt: 5, error: 'Device.Rejected' },
    { run: 'e 1', path: 'each[2]', endedAt: 1, status: 'ABORTED' },
  ]);
  expect(await childFailure(ports, FAILED)).toEqual({ error: 'Device.Rejected', cause: 'of each[1]' });
});

test('of several Maps, the one that is asked for; else the one that began last', async () => {
  const ports = portsWith([
    { run: 'e 1', path: 'sites[0].each[0]', endedAt: 5, error: 'A' },
    { run: 'e 2', path: 'sites[1].each[0]', endedAt: 6, error: 'B' },
  ]);
  expect(await childFailure(ports, { ...FAILED, path: 'sites[0].each' })).toMatchObject({ error: 'A' });
  expect(await childFailure(ports, FAILED)).toMatchObject({ error: 'B' });
});

test('a child that failed of its own children is asked for theirs', async () => {
  const ports = portsWith([
    { run: 'e 1', path: 'each[0]', endedAt: 5, error: TOO_MANY_CHILDREN_FAILED },
    { run: 'each[0] 1', path: 'each[0].inner[3]', endedAt: 4, error: 'Device.Rejected' },
  ]);
  expect(await childFailure(ports, FAILED)).toMatchObject({ error: 'Device.Rejected' });
});

test('a child that ran out of time is a timeout', async () => {
  const ports = portsWith([{ run: 'e 1', path: 'each[0]', endedAt: 5, status: 'TIMED_OUT' }]);
  expect(await childFailure(ports, FAILED)).toEqual({ error: 'States.Timeout', cause: '' });
});

test('lists that lag behind are looked at again', async () => {
  const ports = portsWith([{ run: 'e 1', path: 'each[0]', endedAt: 5, error: 'E' }], 2);
  const found = childFailure(ports, FAILED);
  for (let looked = 0; looked < 3; looked++) {
    await new Promise(setImmediate);
    await ports.clock.advanceToNext();
  }
  expect(await found).toMatchObject({ error: 'E' });
});

test('what is a Map of the author’s own keeps its failure', async () => {
  const ports = portsWith([{ run: 'e 1', path: 'each[0]', endedAt: 5, error: 'E', of: 'another' }]);
  expect(await childFailure(ports, FAILED)).toBeUndefined();
});
