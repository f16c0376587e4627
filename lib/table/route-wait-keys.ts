import type { Key } from './table.ts';

/** Commands that wait for a device: each with its execution, and where devices that come find it. */
export const routeWaitKeys = {
  /** `<execution>:<path>:<attempt>` is the id of its task. */
  wait: (taskId: string): Key => {
    const split = taskId.indexOf(':');
    return { pk: `EXECUTION#${taskId.slice(0, split)}`, sk: `ROUTE-WAIT#${taskId.slice(split + 1)}` };
  },
  prefix: 'ROUTE-WAIT#',
  /** Those that ask for a capability, or, `*`, for none. */
  askers: (capability: string): string => `ROUTE-WAITS#${capability}`,
  asker: (capability: string, taskId: string): Key => ({ pk: `ROUTE-WAITS#${capability}`, sk: taskId }),
} as const;
