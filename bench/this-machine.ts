import { arch, cpus, platform, totalmem } from 'node:os';

/** What was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/** A machine in a line, with the day. */
export function machineLine({ cpu, cores, node }: Machine, date: string): string {
  return `${cpu}, ${cores} cores, Node ${node}, ${date.slice(0, 10)}`;
}
