import { readDeliveryDeadline } from './delivery.ts';

/** How many deliveries to one receiver are tried at once. */
const AT_ONCE = 8;

/** What tries deliveries in this process. */
export interface Lanes {
  /** Has a delivery tried, by the id of its deadline. */
  take(deadline: string): void;
  /** Tries no more. Of tries that are under way nobody hears. */
  close(): void;
}

/** Tries deliveries a few at a time to each receiver, so that one who is slow or dead holds up nobody else. */
export function openLanes(
  deliver: (deadline: string) => Promise<void>,
  onDefect: (error: unknown) => void,
): Lanes {
  const lanes = new Map<string, Lane>();
  let isClosed = false;

  const run = async (lane: Set<string>): Promise<void> => {
    for (const deadline of lane) {
      lane.delete(deadline);
      await deliver(deadline).catch((error: unknown) => {
        if (!isClosed) onDefect(error);
      });
    }
  };
  return {
    take: (deadline) => {
      if (isClosed) return;
      const name = laneOf(deadline);
      const lane = lanes.get(name) ?? { waiting: new Set(), running: 0 };
      lanes.set(name, lane);
      lane.waiting.add(deadline);
      if (lane.running >= AT_ONCE) return;
      lane.running++;
      void run(lane.waiting).then(() => {
        lane.running--;
        if (lane.running === 0) lanes.delete(name);
      });
    },
    close: () => {
      isClosed = true;
      for (const { waiting } of lanes.values()) waiting.clear();
    },
  };
}

interface Lane {
  readonly waiting: Set<string>;
  running: number;
}

/** People without a receiver of their own share the mail server. */
function laneOf(deadline: string): string {
  const { name } = readDeliveryDeadline(deadline);
  return name.startsWith('email:') ? 'email' : name;
}
