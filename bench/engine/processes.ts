import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Kernels count CPU in these (proc_pid_stat(5); 100 a second on every Linux that Node runs on). */
const TICK_MS = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Processes below one, itself included; none where there is no /proc. */
function tree(root: number): readonly Process[] {
  const all = processes();
  const found = new Set([root]);
  let size = 0;
  while (size < found.size) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

function processes(): readonly Process[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)));
  } catch {
    return [];
  }
}

/** None for a process that has just ended. */
function readProcess(pid: number): readonly Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
    return [{ pid, parent: parent ?? 0, cpuMs: ((user ?? 0) + (system ?? 0)) * TICK_MS }];
  } catch {
    return [];
  }
}

/** CPU that a process and those below it have used, in ms; undefined where the system does not tell. */
export function cpuMsOfTree(root: number): number | undefined {
  const found = tree(root);
  return found.length === 0 ? undefined : found.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** Memory of the processes below one, in bytes, pages that they share counted once; 0 where the system does not tell. */
export function memoryBelow(root: number): number {
  return tree(root)
    .filter(({ pid }) => pid !== root)
    .reduce((sum, { pid }) => sum + proportionalBytes(pid), 0);
}

function proportionalBytes(pid: number): number {
  try {
    const [, kilobytes = '0'] =
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return 0;
  }
}

/** CPU time of the whole machine so far, in ms. */
export interface MachineCpu {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Reads {@link MachineCpu}. */
export function machineCpu(): MachineCpu {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({
    busy: user + nice + sys + irq,
    idle,
  }));
  const busyMs = times.reduce((sum, { busy }) => sum + busy, 0);
  return { busyMs, totalMs: busyMs + times.reduce((sum, { idle }) => sum + idle, 0) };
}

/** CPU of the children of this process that have ended, in ms; 0 where the system does not tell. */
export function endedChildrenCpuMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return 0;
  }
}
