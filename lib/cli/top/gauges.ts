/** How things stand on a server by its own account, where it gives one. */
export interface Gauges {
  /** Executions that wait to begin, as the server has too many. */
  readonly queued?: number;
  readonly running?: number;
  readonly commandsOpen?: number;
  readonly memoryBytes?: number;
  readonly storeBytes?: number;
  readonly loopLagMs?: number;
  /** CPU seconds since the server began, of which its share is made. */
  readonly cpuSeconds?: number;
  /** Share of one core since the metrics before, from 0 on. */
  readonly cpuShare?: number;
  /** When these were read; ms since the Unix epoch. */
  readonly at?: number;
}

const SAMPLES = {
  queued: 'stepwright_executions{state="queued"}',
  running: 'stepwright_executions{state="running"}',
  commandsOpen: 'stepwright_commands_open',
  memoryBytes: 'process_resident_memory_bytes',
  storeBytes: 'stepwright_store_bytes',
  loopLagMs: 'stepwright_event_loop_lag_seconds',
  cpuSeconds: 'process_cpu_seconds_total',
} as const satisfies Partial<Record<keyof Gauges, string>>;

/** Reads from OpenMetrics text what is shown of it, and the share of CPU since `before`. */
export function readGauges(text: string, at: number, before: Gauges): Gauges {
  const samples = new Map(text.split('\n').map(sampleOf));
  const found = Object.entries(SAMPLES).flatMap(([name, sample]) => {
    const value = Number(samples.get(sample) ?? Number.NaN);
    return Number.isFinite(value) ? [[name, name.endsWith('Ms') ? value * 1_000 : value] as const] : [];
  });
  const gauges: Gauges = { ...Object.fromEntries(found), at };
  const share = shareOfCpu(before, gauges);
  return share === undefined ? gauges : { ...gauges, cpuShare: share };
}

function sampleOf(line: string): readonly [string, string] {
  const end = line.lastIndexOf(' ');
  return [line.slice(0, end), line.slice(end + 1)];
}

function shareOfCpu(before: Gauges, { cpuSeconds, at }: Gauges): number | undefined {
  if (cpuSeconds === undefined || before.cpuSeconds === undefined) return undefined;
  const seconds = ((at ?? 0) - (before.at ?? 0)) / 1_000;
  // A process that was started anew counts from nought.
  return seconds > 0 && cpuSeconds >= before.cpuSeconds
    ? (cpuSeconds - before.cpuSeconds) / seconds
    : undefined;
}
