import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Graph } from '#compiler/graph.ts';
import { type Schedule, scheduleOf } from '#compiler/schedule.ts';

type DurationOf = (id: string) => number;
const UNIT: DurationOf = () => 1;

function graph(predecessors: Readonly<Record<string, readonly string[]>>): Graph {
  return { nodes: Object.keys(predecessors), predecessors: new Map(Object.entries(predecessors)) };
}

/** A schedule in short: `a b` one after the other, `(a | b)` side by side. */
function brief(schedule: Schedule): string {
  if (schedule.kind === 'step') return schedule.id;
  if (schedule.kind === 'sequence') return schedule.parts.map(brief).join(' ');
  return `(${schedule.parts.map(brief).join(' | ')})`;
}

/** When each step starts in a schedule, and when the last one ends. */
function timesOf(
  schedule: Schedule,
  durationOf: DurationOf,
  from = 0,
): { starts: Map<string, number>; end: number } {
  if (schedule.kind === 'step') {
    return { starts: new Map([[schedule.id, from]]), end: from + durationOf(schedule.id) };
  }
  const starts = new Map<string, number>();
  let end = from;
  for (const part of schedule.parts) {
    const times = timesOf(part, durationOf, schedule.kind === 'sequence' ? end : from);
    for (const [id, start] of times.starts) starts.set(id, start);
    end = Math.max(end, times.end);
  }
  return { starts, end };
}

/** When each step of a graph could start at the earliest, and when the last one would end. */
function earliest(
  { nodes, predecessors }: Graph,
  durationOf: DurationOf,
): { starts: Map<string, number>; end: number } {
  const starts = new Map<string, number>();
  const startOf = (id: string): number => {
    const known = starts.get(id);
    if (known !== undefined) return known;
    const start = Math.max(
      0,
      ...(predecessors.get(id) ?? []).map((before) => startOf(before) + durationOf(before)),
    );
    starts.set(id, start);
    return start;
  };
  return { starts, end: Math.max(...nodes.map((id) => startOf(id) + durationOf(id))) };
}

/** Whether a step ends before another starts by the form of the schedule alone, whatever the steps take. */
function isBefore(schedule: Schedule, first: string, second: string): boolean {
  if (schedule.kind === 'step') return false;
  const partOf = (id: string): number => schedule.parts.findIndex((part) => idsOf(part).includes(id));
  const [one, other] = [partOf(first), partOf(second)];
  const part = schedule.parts[one];
  if (one === other && part !== undefined) return isBefore(part, first, second);
  return schedule.kind === 'sequence' && one < other;
}

function idsOf(schedule: Schedule): string[] {
  return schedule.kind === 'step' ? [schedule.id] : schedule.parts.flatMap(idsOf);
}

const anyGraph = (maxLength: number): fc.Arbitrary<Graph> =>
  fc
    .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength })
    .map((draws) =>
      graph(
        Object.fromEntries(
          draws.map((draw, index) => [
            `s${index}`,
            index === 0 ? [] : [...new Set(draw.map((number) => `s${number % index}`))],
          ]),
        ),
      ),
    );

const durations = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }).map(
  (values): DurationOf =>
    (id) =>
      values[Number(id.slice(1))] ?? 1,
);

/** Graphs made by putting smaller ones side by side or one after the other, with all needs between. */
const seriesParallelGraph: fc.Arbitrary<Graph> = fc
  .letrec<{ tree: Schedule; parts: readonly Schedule[] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant<Schedule>({ kind: 'step', id: '' }),
      tie('parts').map((parts): Schedule => ({ kind: 'sequence', parts })),
      tie('parts').map((parts): Schedule => ({ kind: 'parallel', parts })),
    ),
    parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
  }))
  .tree.map((tree) => {
    const predecessors: Record<string, readonly string[]> = {};
    const place = (part: Schedule, before: readonly string[]): readonly string[] => {
      if (part.kind === 'step') {
        const id = `s${Object.keys(predecessors).length}`;
        predecessors[id] = before;
        return [id];
      }
      if (part.kind === 'parallel') return part.parts.flatMap((inner) => place(inner, before));
      return part.parts.reduce((ends, inner) => place(inner, ends), before);
    };
    place(tree, []);
    return graph(predecessors);
  });

describe('a schedule', () => {
  test.each<[string, Record<string, readonly string[]>, string]>([
    ['one step', { a: [] }, 'a'],
    ['a chain', { a: [], b: ['a'], c: ['b'] }, 'a b c'],
    ['steps without needs', { a: [], b: [], c: [] }, '(a | b | c)'],
    ['a diamond', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, 'a (b | c) d'],
    ['needs that follow from others', { a: [], b: ['a'], c: ['a', 'b'] }, 'a b c'],
    ['a need of a later step', { a: ['b'], b: [] }, 'b a'],
    ['chains side by side', { a: [], b: ['a'], c: [], d: ['c'] }, '(a b | c d)'],
    ['the smallest tangle', { a: [], b: [], c: ['a', 'b'], d: ['b'] }, '(a | b) (c | d)'],
    [
      'a tangle, with what has time put beside what has not',
      { a: [], b: [], c: ['b'], d: ['c', 'a'], e: ['b'] },
      '(a | b) (c d | e)',
    ],
  ])('of %s', (_, predecessors, expected) => {
    expect(brief(scheduleOf(graph(predecessors)))).toBe(expected);
  });

  test('holds each step once, after all it waits for', () => {
    fc.assert(
      fc.property(anyGraph(24), durations, (drawn, durationOf) => {
        const schedule = scheduleOf(drawn, durationOf);
        expect(idsOf(schedule).toSorted()).toEqual(drawn.nodes.toSorted());
        for (const [id, needed] of drawn.predecessors) {
          for (const before of needed) expect(isBefore(schedule, before, id)).toBe(true);
        }
      }),
    );
  });

  test('lets no step of a series-parallel graph wait for anything else', () => {
    fc.assert(
      fc.property(seriesParallelGraph, durations, (drawn, durationOf) => {
        expect(timesOf(scheduleOf(drawn, durationOf), durationOf).starts).toEqual(
          earliest(drawn, durationOf).starts,
        );
      }),
    );
  });

  test('of a small graph takes no longer than any other', () => {
    fc.assert(
      fc.property(anyGraph(6), durations, (drawn, durationOf) => {
        const { end } = timesOf(scheduleOf(drawn, durationOf), durationOf);
        expect(end).toBe(shortest(drawn.nodes, drawn, durationOf));
      }),
    );
  });

  test('is the same for the same graph', () => {
    fc.assert(
      fc.property(anyGraph(24), (drawn) => {
        expect(scheduleOf(drawn)).toEqual(scheduleOf(drawn));
      }),
    );
  });

  test('of a tangle of 200 steps is found at once, and no longer than one level after the other', () => {
    const nodes = Array.from({ length: 200 }, (_, index) => index);
    const tangle = graph(
      Object.fromEntries(
        nodes.map((n) => [`s${n}`, n < 10 ? [] : [`s${n - 10}`, `s${n - 10 + ((n * 7) % 10) - (n % 10)}`]]),
      ),
    );
    expect(timesOf(scheduleOf(tangle), UNIT).end).toBe(20);
  });

  test.each([['a cycle', graph({ a: ['b'], b: ['a'] }), '"a" waits for itself']])(
    'is refused for %s, which validation does not let through',
    (_, cyclic, message) => {
      expect(() => scheduleOf(cyclic)).toThrow(message);
    },
  );
});

/** The shortest time of any schedule, by trying all: each begins by splitting into sides or by a cut. */
function shortest(nodes: readonly string[], whole: Graph, durationOf: DurationOf): number {
  const [only = ''] = nodes;
  if (nodes.length === 1) return durationOf(only);
  const reaches = (from: string, to: string): boolean =>
    (whole.predecessors.get(to) ?? []).some((before) => before === from || reaches(from, before));
  let best = Number.POSITIVE_INFINITY;
  for (let choice = 1; choice < 2 ** nodes.length - 1; choice++) {
    const left = nodes.filter((_, index) => (choice >> index) & 1);
    const right = nodes.filter((_, index) => !((choice >> index) & 1));
    if (right.some((late) => left.some((early) => reaches(late, early)))) continue;
    const times = [left, right].map((part) => shortest(part, whole, durationOf));
    const [first = 0, second = 0] = times;
    const independent = !left.some((early) => right.some((late) => reaches(early, late)));
    best = Math.min(best, independent ? Math.max(first, second) : first + second);
  }
  return best;
}
