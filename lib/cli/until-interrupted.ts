import process from 'node:process';

/**
 * Resolves when the process is asked to end (SIGINT, SIGTERM). A second time it ends at once.
 *
 * @param over says that nobody waits for it any more: it ends at once then, too. Default: never.
 */
export function untilInterrupted(over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const leave = (): void => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
    };
    const end = (): void => {
      leave();
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    over?.addEventListener('abort', leave, { once: true });
  });
}
