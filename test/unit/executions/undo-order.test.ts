import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '#devices/command.ts';
import { undoLayers } from '#executions/undo-order.ts';
import { compileText } from '#support/compile-text.ts';

function command(path: string, more: Partial<Command> = {}): Command {
  return {
    ...{
      id: `e:${path}:${more.attempt ?? 0}`,
      device: 'd',
      command: 'c',
      with: {},
      status: 'SUCCEEDED' as const,
    },
    ...{ path, attempt: 0, priority: 500, timeoutMs: 1, queuedAt: 0, expiresAt: 0 },
    ...more,
  };
}

const layersOf = (steps: string, ...commands: readonly (string | Command)[]): string[][] =>
  undoLayers(
    compileText(`steps:\n${steps}`).steps,
    commands.map((one) => (typeof one === 'string' ? command(one) : one)),
  ).map((layer) =>
    layer.map(({ path = '', attempt }) => (attempt === 0 ? path : `${path}#${attempt}`)).sort(),
  );

const cmd = (id: string, more = ''): string => `{ id: ${id}, command: c, device: d${more} }`;

test('a sequence is undone backwards', () => {
  expect(layersOf(`  - ${cmd('a')}\n  - ${cmd('b')}\n  - ${cmd('c')}`, 'a', 'b', 'c')).toEqual([
    ['c'],
    ['b'],
    ['a'],
  ]);
});

test('steps that do not need each other are undone side by side', () => {
  const diamond = `  - ${cmd('a')}\n  - ${cmd('b', ', needs: [a]')}\n  - ${cmd('c', ', needs: [a]')}\n  - ${cmd('d', ', needs: [b, c]')}`;
  expect(layersOf(diamond, 'a', 'b', 'c', 'd')).toEqual([['d'], ['b', 'c'], ['a']]);
  expect(layersOf(diamond, 'a', 'c')).toEqual([['c'], ['a']]);
});

test('a step is undone after what came later by way of one that has nothing to undo', () => {
  expect(
    layersOf(`  - ${cmd('a')}\n  - { id: pause, wait: { for: 1s } }\n  - ${cmd('b')}`, 'a', 'b'),
  ).toEqual([['b'], ['a']]);
});

test('branches and iterations are undone side by side, each backwards', () => {
  const parallel = `  - ${cmd('first')}\n  - { id: both, parallel: { left: [${cmd('a')}, ${cmd('b')}], right: [${cmd('c')}] } }`;
  expect(layersOf(parallel, 'first', 'both.left.a', 'both.left.b', 'both.right.c')).toEqual([
    ['both.left.b', 'both.right.c'],
    ['both.left.a'],
    ['first'],
  ]);
  const each = `  - { id: each, forEach: "{% [1, 2] %}", as: n, steps: [${cmd('a')}, ${cmd('b')}] }`;
  expect(layersOf(each, 'each[0].a', 'each[0].b', 'each[1].a', 'each[10].a')).toEqual([
    ['each[0].b', 'each[10].a', 'each[1].a'],
    ['each[0].a'],
  ]);
});

test('tries of one step are undone the last first', () => {
  const [first, second] = [command('a', { queuedAt: 1 }), command('a', { attempt: 1, queuedAt: 2 })];
  expect(layersOf(`  - ${cmd('a')}`, first, second)).toEqual([['a#1'], ['a']]);
});

test('a block that was tried again is undone strictly backwards in time', () => {
  const block = `  - { id: both, retry: { attempts: 2 }, parallel: { left: [${cmd('a')}, ${cmd('b')}] } }`;
  const tries = [
    command('both.left.a', { queuedAt: 1 }),
    command('both.left.b', { queuedAt: 2 }),
    command('both.left.a', { queuedAt: 3, attempt: 100 }),
  ];
  expect(layersOf(block, ...tries)).toEqual([['both.left.a#100'], ['both.left.b'], ['both.left.a']]);
});

test('in any graph, no step is undone before one that waited for it, and each is undone once', () => {
  const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(graph, fc.nat(), (needs, chosen) => {
      const lists = needs.map((list, at) => (at === 0 ? [] : [...new Set(list.map((n) => n % at))]));
      const text = lists.map(
        (list, at) => `  - ${cmd(`s${at}`, `, needs: [${list.map((n) => `s${n}`).join(', ')}]`)}`,
      );
      const done = lists.map((_, at) => at).filter((at) => ((chosen >> at) & 1) === 0);
      const layers = layersOf(text.join('\n'), ...done.map((at) => `s${at}`));
      const layerOf = (at: number): number => layers.findIndex((layer) => layer.includes(`s${at}`));
      expect(layers.flat().sort()).toEqual(done.map((at) => `s${at}`).sort());
      for (const at of done) {
        const before = new Set(lists[at]);
        for (const one of before) for (const next of lists[one] ?? []) before.add(next);
        for (const one of before) if (done.includes(one)) expect(layerOf(one)).toBeGreaterThan(layerOf(at));
      }
    }),
    { numRuns: 300 },
  );
});
