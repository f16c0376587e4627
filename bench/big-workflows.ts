import { stringify } from 'yaml';
import type { JsonObject } from '#core/json.ts';

/** YAML of workflows of a given number of steps, by their shape. */
export const SHAPES: Readonly<Record<string, (steps: number) => string>> = {
  'in a row': (steps) =>
    workflow(
      numbers(steps).map((n) => command(n, { with: { seen: n === 0 ? 1 : `{% $s${n - 1}.value %}` } })),
    ),
  'nested choices': (steps) => workflow(numbers(steps / 4).flatMap(choice)),
  'side by side': (steps) =>
    workflow([{ id: 'all', parallel: Object.fromEntries(numbers(steps / 2).map(side)) }]),
  tangled: (steps) => workflow(numbers(steps).map((n) => command(n, { needs: needsOf(n) }))),
};

/** The one command of those workflows. */
export const COMMAND = `stepwright: 1
command: read
effect: none
parameters: { type: object, properties: { seen: { type: number } } }
result: { type: object, required: [value], properties: { value: { type: number } } }
`;

function workflow(steps: readonly JsonObject[]): string {
  return stringify({ stepwright: 1, name: 'big', version: '1.0.0', steps });
}

function numbers(count: number): number[] {
  return Array.from({ length: Math.floor(count) }, (_, index) => index);
}

function command(n: number, fields: JsonObject): JsonObject {
  return { id: `s${n}`, command: 'read', device: 'meter-1', ...fields };
}

function choice(n: number): JsonObject[] {
  return [
    command(n, {}),
    {
      id: `c${n}`,
      choose: [
        { if: `{% $s${n}.value > 3 %}`, steps: [{ id: `w${n}`, wait: { for: '5s' } }] },
        { else: true, steps: [{ id: `v${n}`, set: { [`x${n}`]: `{% $s${n}.value & ' l' %}` } }] },
      ],
    },
  ];
}

function side(n: number): [string, JsonObject[]] {
  return [`b${n}`, [command(n, {}), { id: `v${n}`, set: { [`x${n}`]: `{% $s${n}.value + 1 %}` } }]];
}

/** Two of the five before, so that the graph is not series-parallel. */
function needsOf(n: number): string[] {
  const before = [n - 1 - ((n * 7) % 5), n - 1 - ((n * 3) % 4)].filter((earlier) => earlier >= 0);
  return [...new Set(before)].map((earlier) => `s${earlier}`);
}
