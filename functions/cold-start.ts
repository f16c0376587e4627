import type { Sample } from '#monitoring/metrics/metric-table.ts';

let isBegun = false;

/** What there is to count of the first call of an instance of a function; of later ones nothing. */
export function coldStartSamples(name: string | undefined, upSeconds: number): readonly Sample[] {
  if (isBegun) return [];
  isBegun = true;
  if (name === undefined) return [];
  const labels = { function: name };
  return [
    { metric: 'stepwright_function_cold_starts', value: 1, labels },
    { metric: 'stepwright_function_init_seconds', value: upSeconds, labels },
  ];
}
