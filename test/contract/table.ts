import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Condition,
  ConditionFailed,
  type Item,
  queryAll,
  type Table,
  type Write,
} from '#table/table.ts';

/** An adapter under test; `close` gives back what it holds. */
export interface OpenedTable {
  readonly table: Table;
  close(): Promise<void>;
}

/** Most runs of a property: an adapter over the network has fewer. */
export interface TableSuiteOptions {
  readonly propertyRuns: number;
}

/** What every adapter of the Table port does. Call it once for each, in a test file of the adapter's own. */
export function describeTable(
  name: string,
  open: () => Promise<OpenedTable>,
  { propertyRuns }: TableSuiteOptions,
): void {
  describe(`${name} as a table`, () => {
    let opened: OpenedTable;
    let table: Table;
    let count = 0;
    /** A partition that no other test uses. */
    const fresh = (): string => `P#${Date.now()}-${count++}`;
    const item = (pk: string, sk: string, more: Record<string, Item[string]> = {}): Item => ({
      pk,
      sk,
      ...more,
    });

    beforeAll(async () => {
      opened = await open();
      table = opened.table;
    });
    afterAll(() => opened.close());

    test('gives back what was put, and undefined for what was not', async () => {
      const pk = fresh();
      const put = item(pk, 'a', { text: 'ä', number: 1.5, list: [1, null, { deep: true }], empty: '' });
      await table.put(put);
      expect(await table.get({ pk, sk: 'a' })).toEqual(put);
      expect(await table.get({ pk, sk: 'b' })).toBeUndefined();
    });

    test('replaces the whole item by a put', async () => {
      const pk = fresh();
      await table.put(item(pk, 'a', { one: 1, two: 2 }));
      await table.put(item(pk, 'a', { one: 3 }));
      expect(await table.get({ pk, sk: 'a' })).toEqual(item(pk, 'a', { one: 3 }));
    });

    test('deletes, also what is not there', async () => {
      const pk = fresh();
      await table.put(item(pk, 'a'));
      await table.delete({ pk, sk: 'a' });
      await table.delete({ pk, sk: 'a' });
      expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
    });

    const CONDITIONS: readonly [Condition, boolean, boolean][] = [
      [{ exists: true }, true, false],
      [{ exists: false }, false, true],
      [{ attribute: 'status', equals: 'OPEN' }, true, false],
      [{ attribute: 'status', equals: 'SHUT' }, false, false],
      [{ attribute: 'status', oneOf: ['SHUT', 'OPEN'] }, true, false],
      [{ attribute: 'status', oneOf: ['SHUT'] }, false, false],
      [{ attribute: 'until', below: 11 }, true, false],
      [{ attribute: 'until', below: 10 }, false, false],
      [{ attribute: 'until', present: true }, true, false],
      [{ attribute: 'other', present: false }, true, true],
      [{ all: [{ exists: true }, { attribute: 'until', below: 11 }] }, true, false],
      [{ all: [{ exists: true }, { attribute: 'until', below: 9 }] }, false, false],
      [{ any: [{ exists: false }, { attribute: 'until', below: 9 }] }, false, true],
    ];

    test.each(CONDITIONS)(
      'writes under the condition %j only where it holds',
      async (condition, holds, holdsForNone) => {
        const pk = fresh();
        await table.put(item(pk, 'there', { status: 'OPEN', until: 10 }));
        for (const [sk, expected] of [
          ['there', holds],
          ['not there', holdsForNone],
        ] as const) {
          const before = await table.get({ pk, sk });
          const written = table.put(item(pk, sk, { written: true }), condition);
          if (expected) await written;
          else await expect(written).rejects.toBeInstanceOf(ConditionFailed);
          expect(await table.get({ pk, sk })).toEqual(expected ? item(pk, sk, { written: true }) : before);
        }
      },
    );

    test('changes single attributes, and gives the item as it is after', async () => {
      const pk = fresh();
      await table.put(item(pk, 'a', { keep: 1, change: 1, drop: 1, count: 1 }));
      const after = await table.update({
        key: { pk, sk: 'a' },
        set: { change: { now: 'object' } },
        add: { count: 2, fresh: 5 },
        remove: ['drop'],
      });
      expect(after).toEqual(item(pk, 'a', { keep: 1, change: { now: 'object' }, count: 3, fresh: 5 }));
      expect(await table.get({ pk, sk: 'a' })).toEqual(after);
    });

    test('makes the item that an update does not find, unless its condition says no', async () => {
      const pk = fresh();
      await table.update({ key: { pk, sk: 'a' }, add: { count: 1 } });
      expect(await table.get({ pk, sk: 'a' })).toEqual(item(pk, 'a', { count: 1 }));
      const refused = table.update({ key: { pk, sk: 'b' }, set: { x: 1 }, condition: { exists: true } });
      await expect(refused).rejects.toBeInstanceOf(ConditionFailed);
      expect(await table.get({ pk, sk: 'b' })).toBeUndefined();
    });

    test('writes all of a transaction or nothing, and tells which condition failed', async () => {
      const pk = fresh();
      await table.put(item(pk, 'taken', { by: 'me' }));
      const writes: Write[] = [
        { put: item(pk, 'new') },
        { update: { key: { pk, sk: 'count' }, add: { n: 1 } } },
        { put: item(pk, 'taken', { by: 'you' }), condition: { exists: false } },
      ];
      const failure = await table.transact(writes).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConditionFailed);
      expect(failure).toMatchObject({ index: 2, item: { by: 'me' } });
      expect((await table.query({ partition: pk })).items).toEqual([item(pk, 'taken', { by: 'me' })]);

      await table.transact([
        ...writes.slice(0, 2),
        { delete: { pk, sk: 'taken' }, condition: { attribute: 'by', equals: 'me' } },
        { check: { pk, sk: 'none' }, condition: { exists: false } },
      ]);
      expect((await table.query({ partition: pk })).items).toEqual([
        item(pk, 'count', { n: 1 }),
        item(pk, 'new'),
      ]);
    });

    test('lets one of many at once take what only one may have', async () => {
      const pk = fresh();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, by) =>
          table.transact([
            { put: item(pk, 'slot', { by }), condition: { exists: false } },
            { update: { key: { pk, sk: 'count' }, add: { n: 1 } } },
          ]),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await table.get({ pk, sk: 'count' })).toMatchObject({ n: 1 });
    });

    test('queries a partition by prefix, in order, either way, page by page', async () => {
      const pk = fresh();
      const sorts = ['A#1', 'A#2', 'A#3', 'B#1', 'a#1'];
      await table.putAll([...sorts].reverse().map((sk) => item(pk, sk)));
      const found = async (query: object): Promise<string[]> =>
        (await Array.fromAsync(queryAll(table, { partition: pk, ...query }))).map(({ sk }) => sk);
      expect(await found({})).toEqual(sorts);
      expect(await found({ prefix: 'A#' })).toEqual(['A#1', 'A#2', 'A#3']);
      expect(await found({ prefix: 'A#', descending: true, limit: 2 })).toEqual(['A#3', 'A#2', 'A#1']);
      expect(await found({ limit: 1 })).toEqual(sorts);
      const page = await table.query({ partition: pk, limit: 2 });
      expect(page.items.map(({ sk }) => sk)).toEqual(['A#1', 'A#2']);
      expect(page.cursor).toBeTypeOf('string');
      expect((await table.query({ partition: pk, prefix: 'none' })).items).toEqual([]);
    });

    test('begins a query at a sort key, whether that is there or not, either way', async () => {
      const pk = fresh();
      await table.putAll(['A#1', 'A#2', 'A#4', 'B#1'].map((sk) => item(pk, sk)));
      const found = async (query: object): Promise<string[]> =>
        (await Array.fromAsync(queryAll(table, { partition: pk, ...query }))).map(({ sk }) => sk);
      expect(await found({ from: 'A#2' })).toEqual(['A#2', 'A#4', 'B#1']);
      expect(await found({ from: 'A#3', limit: 1 })).toEqual(['A#4', 'B#1']);
      expect(await found({ from: 'A#3', prefix: 'A#' })).toEqual(['A#4']);
      expect(await found({ from: 'A#3', descending: true, limit: 1 })).toEqual(['A#2', 'A#1']);
      expect(await found({ from: 'A#2', prefix: 'A#', descending: true })).toEqual(['A#2', 'A#1']);
      expect(await found({ from: 'C' })).toEqual([]);
    });

    test('finds by an index only items that have its key', async () => {
      const pk = fresh();
      await table.put(item(pk, 'a', { gsi1pk: `${pk}-index`, gsi1sk: '2' }));
      await table.put(item(pk, 'b', { gsi1pk: `${pk}-index`, gsi1sk: '1' }));
      await table.put(item(pk, 'c'));
      const query = { index: 'gsi1', partition: `${pk}-index` } as const;
      expect((await table.query(query)).items.map(({ sk }) => sk)).toEqual(['b', 'a']);
      await table.put(item(pk, 'b'));
      expect((await table.query(query)).items.map(({ sk }) => sk)).toEqual(['a']);
    });

    test('refuses a cursor that no page gave', async () => {
      await expect(table.query({ partition: fresh(), cursor: 'nonsense' })).rejects.toMatchObject({
        code: 'SW4003',
      });
    });

    test('agrees with a plain map, whatever is done to it', async () => {
      const sorts = fc.constantFrom('a', 'b', 'c');
      const operation = fc.oneof(
        fc.record({ kind: fc.constant('put' as const), sk: sorts, n: fc.nat(9) }),
        fc.record({ kind: fc.constant('add' as const), sk: sorts, n: fc.nat(9) }),
        fc.record({ kind: fc.constant('delete' as const), sk: sorts, n: fc.nat(9) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
          const pk = fresh();
          const model = new Map<string, number>();
          for (const { kind, sk, n } of operations) {
            if (kind === 'put') {
              await table.put(item(pk, sk, { n }));
              model.set(sk, n);
            } else if (kind === 'add') {
              await table.update({ key: { pk, sk }, add: { n } });
              model.set(sk, (model.get(sk) ?? 0) + n);
            } else {
              await table.delete({ pk, sk });
              model.delete(sk);
            }
          }
          const expected = [...model].sort().map(([sk, n]) => item(pk, sk, { n }));
          expect((await table.query({ partition: pk })).items).toEqual(expected);
        }),
        { numRuns: propertyRuns },
      );
    });
  });
}
