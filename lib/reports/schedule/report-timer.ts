import type { Timer } from '#core/clock.ts';
import { KEEP_DAYS } from '../made/report-files.ts';
import { type DuePorts, makeDueReports } from './make-due.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Makes the reports that are due at once, and then at the beginning of each minute, one round after the other, until it is closed. */
export function startReportTimer(ports: DuePorts): { close(): void } {
  const { clock, files, onDefect } = ports;
  let timer: Timer | undefined;
  let isClosed = false;
  let sweptAt = Number.NEGATIVE_INFINITY;
  const round = async (): Promise<void> => {
    await makeDueReports(ports);
    const now = clock.now();
    if (now < sweptAt + DAY_MS) return;
    sweptAt = now;
    await files.dropBefore(now - KEEP_DAYS * DAY_MS);
  };
  const again = (): void => {
    if (isClosed) return;
    const next = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
    timer = clock.setTimer(next, look);
  };
  const look = (): void => {
    void round()
      .catch((error: unknown) => {
        if (!isClosed) onDefect(error);
      })
      .then(again);
  };
  look();
  return {
    close: () => {
      isClosed = true;
      timer?.cancel();
    },
  };
}
