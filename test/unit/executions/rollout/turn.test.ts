import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeTurn } from '#executions/rollout/turn.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';

function openTable(stack: DisposableStack): SqliteTable {
  return new SqliteTable(stack.adopt(new Database(':memory:'), (opened) => opened.close()));
}

test('in any minute no more turns come than the rate allows, whenever they are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 90_000 }), { minLength: 1, maxLength: 30 }), async (pauses) => {
      using stack = new DisposableStack();
      const table = openTable(stack);
      const turns: number[] = [];
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        const asked = { execution: 'e', rollout: 'r', spacingMs: 12_000, now };
        const turn = await takeTurn(table, asked);
        expect(turn).toBeGreaterThanOrEqual(now);
        turns.push(turn);
      }
      for (const turn of turns) {
        const inTheMinute = turns.filter((other) => other >= turn && other < turn + 60_000);
        expect(inTheMinute.length).toBeLessThanOrEqual(5);
      }
    }),
    { numRuns: 30 },
  );
});

test('those who ask at the same time get turns of their own', async () => {
  using stack = new DisposableStack();
  const table = openTable(stack);
  const asked = { execution: 'e', rollout: 'r', spacingMs: 1_000, now: 0 };
  const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn(table, asked)));
  expect(turns.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 20 }, (_, n) => n * 1_000),
  );
});
