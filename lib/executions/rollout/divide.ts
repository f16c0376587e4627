import type { CanaryChoice, PlannedWave, RolloutPlan, WaveSpan } from '#compiler/rollout-payload.ts';
import { chooseCanaries } from './canaries.ts';

/** What is divided: the devices of the items, the waves, and the numbers of the items that are left out. */
export interface Division {
  readonly devices: readonly string[];
  readonly waves: readonly PlannedWave[];
  readonly without?: ReadonlySet<number>;
}

/**
 * Which items each wave takes, in the order of the waves; inside a wave in the order of the items. A percentage is of all
 * items that take part.
 */
export function divideIntoWaves({
  devices,
  waves,
  without = new Set(),
}: Division): Omit<RolloutPlan, 'skipped'> {
  const left = new Set(devices.keys());
  for (const item of without) left.delete(item);
  const total = left.size;
  const order: number[] = [];
  const spans: WaveSpan[] = [];
  const canaries: CanaryChoice[] = [];
  for (const wave of waves) {
    const from = order.length;
    const taken = takenBy(wave, { left, total, devices, canaries });
    for (const item of taken) left.delete(item);
    order.push(...taken);
    const { tolerate } = wave;
    if (taken.length > 0) spans.push({ from, to: order.length, ...(tolerate && { tolerate }) });
  }
  const rank = devices.map(() => -1);
  for (const [position, item] of order.entries()) rank[item] = position;
  return { rank, waves: spans, canaries };
}

interface Taking {
  readonly left: ReadonlySet<number>;
  readonly total: number;
  readonly devices: readonly string[];
  /** What came of waves of canaries; one more is put here. */
  readonly canaries: CanaryChoice[];
}

function takenBy(wave: PlannedWave, { left, total, devices, canaries }: Taking): readonly number[] {
  const rest = [...left];
  if ('rest' in wave) return rest;
  if ('count' in wave) return rest.slice(0, Math.max(0, Math.floor(wave.count)));
  if ('percent' in wave) return rest.slice(0, Math.max(1, Math.ceil((total * wave.percent) / 100)));
  if ('matches' in wave) return rest.filter((item) => wave.matches[item] === true);
  const candidates = rest.map((item) => ({
    item,
    device: devices[item] ?? '',
    kind: wave.kinds[item] ?? {},
  }));
  const { items, ...choice } = chooseCanaries(candidates, wave.max);
  canaries.push(choice);
  return items;
}
