import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import { WaitCollector } from '#validation/lock-order/collect-waits.ts';
import { findStandstills } from '#validation/lock-order/find-standstills.ts';

/** A lock with what is inside of it, one after the other. */
interface Lock {
  readonly pool: string;
  readonly units: number;
  readonly inside: readonly Lock[];
}
type Program = readonly Lock[];

const POOLS = ['a', 'b', 'c'];

const { locks } = fc.letrec<{ locks: Program; lock: Lock }>((tie) => ({
  locks: fc.array(tie('lock'), { maxLength: 2 }),
  lock: fc.record({
    pool: fc.constantFrom(...POOLS),
    units: fc.constantFrom(1, 1, 2),
    inside: fc.oneof({ depthSize: 'small', maxDepth: 2 }, fc.constant([]), tie('locks')),
  }),
}));
const limits = fc.record({ a: fc.integer({ min: 1, max: 3 }), b: fc.constantFrom(1, 2), c: fc.constant(1) });

function yamlOf(name: string, program: Program): string {
  let ids = 0;
  const step = ({ pool, units, inside }: Lock): unknown => {
    const id = `s${ids++}`;
    const steps = inside.length > 0 ? inside.map(step) : [{ id: `w${ids++}`, wait: { for: '1s' } }];
    return { id, lock: { pools: { [pool]: units }, steps } };
  };
  const steps = program.length > 0 ? program.map(step) : [{ id: 'nothing', wait: { for: '1s' } }];
  return JSON.stringify({ stepwright: 1, name, version: '1.0.0', steps });
}

type Move = readonly [pool: string, units: number];

/** What an execution takes (more than 0) and gives back, in order. */
function movesOf(program: Program): readonly Move[] {
  return program.flatMap(({ pool, units, inside }) => [
    [pool, units] as const,
    ...movesOf(inside),
    [pool, -units] as const,
  ]);
}

/** Whether executions can come to a state in which none can go on and not all have ended: every state is tried. */
function canStandStill(
  executions: readonly (readonly Move[])[],
  limit: Readonly<Record<string, number>>,
): boolean {
  const seen = new Set<string>();
  const open = [executions.map(() => 0)];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = state.join();
    if (seen.has(key)) continue;
    seen.add(key);
    const used = new Map<string, number>();
    for (const [index, moves] of executions.entries()) {
      for (const [pool, units] of moves.slice(0, state[index])) used.set(pool, (used.get(pool) ?? 0) + units);
    }
    const next = state.flatMap((at, index) => {
      const [pool, units] = executions[index]?.[at] ?? [];
      if (pool === undefined || units === undefined) return [];
      const fits = (used.get(pool) ?? 0) + units <= (limit[pool] ?? 0);
      return fits ? [state.with(index, at + 1)] : [];
    });
    const isOver = state.every((at, index) => at === executions[index]?.length);
    if (next.length === 0 && !isOver) return true;
    open.push(...next);
  }
  return false;
}

function standstillsOf(programs: readonly Program[], limit: Readonly<Record<string, number>>) {
  const sourced = programs.flatMap((program, index) => {
    const source = Source.parse(`p${index}.yaml`, yamlOf(`p${index}`, program));
    const { workflow } = readWorkflow(source);
    return workflow === undefined ? [] : [{ source, workflow }];
  });
  return findStandstills(new WaitCollector(sourced).collect(), new Map(Object.entries(limit)));
}

/** Whether a lock asks for more than there is, which is told of by another rule. */
function isImpossible(program: Program, limit: Readonly<Record<string, number>>): boolean {
  return program.some(({ pool, units, inside }) => units > (limit[pool] ?? 0) || isImpossible(inside, limit));
}

/** Executions of which every state can be tried. */
const MOST_EXECUTIONS = 4;

test('what is found can happen, and what can happen to a few executions is found', () => {
  let [found, clean] = [0, 0];
  fc.assert(
    fc.property(fc.array(locks, { minLength: 1, maxLength: 2 }), limits, (programs, limit) => {
      fc.pre(!programs.some((program) => isImpossible(program, limit)));
      const standstills = standstillsOf(programs, limit);
      const moves = programs.map(movesOf);
      for (const { waits, counts } of standstills) {
        const executions = waits.flatMap(({ place }, index) =>
          Array.from({ length: counts[index] ?? 0 }, () => moves[Number(place.workflow.name.slice(1))] ?? []),
        );
        if (executions.length <= MOST_EXECUTIONS) expect(canStandStill(executions, limit)).toBe(true);
      }
      if (standstills.length > 0) {
        found++;
        return;
      }
      clean++;
      for (let ofFirst = 0; ofFirst <= MOST_EXECUTIONS; ofFirst++) {
        const executions = Array.from(
          { length: MOST_EXECUTIONS },
          (_, index) => moves[index < ofFirst ? 0 : moves.length - 1] ?? [],
        );
        expect(canStandStill(executions, limit)).toBe(false);
      }
    }),
    { numRuns: 400 },
  );
  expect(Math.min(found, clean)).toBeGreaterThan(30);
});
