import process from 'node:process';
import { getHeapStatistics } from 'node:v8';

/** Tells how much memory there is, and how much of it is used, in bytes. */
export interface MemoryGauge {
  readonly limitBytes: number;
  /** Cheap enough to be asked at every start. */
  usedBytes(): number;
}

/**
 * The memory of this process: its heap, and what buffers hold outside of it. The limit is the least of the given one, of V8's own (which
 * `node --max-old-space-size` sets) and of the container's (cgroup).
 */
export function processMemory(limitBytes = Number.POSITIVE_INFINITY): MemoryGauge {
  const container = process.constrainedMemory();
  const limits = [limitBytes, getHeapStatistics().heap_size_limit, ...(container > 0 ? [container] : [])];
  return { limitBytes: Math.min(...limits), usedBytes };
}

function usedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
