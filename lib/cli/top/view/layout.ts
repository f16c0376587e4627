import type { PaneName } from '../rows.ts';
import type { PaneRoom } from './panes.ts';

/** A part, and how many lines it would take. */
export interface PaneWish {
  readonly pane: PaneName;
  readonly lines: number;
}

/** What comes first when there is not room for all. */
const ORDER: readonly PaneName[] = ['running', 'alerts', 'failed', 'fleet', 'pools'];
/** A title and a row; less is nothing. */
const LEAST = 2;

/**
 * Divides lines among parts: each gets a title and a row as long as there is room, the focused one first; then one line after the
 * other goes to who wants more, and what nobody wants to the first.
 */
export function divideLines(wishes: readonly PaneWish[], focused: PaneName, lines: number): PaneRoom[] {
  const urgency = ({ pane }: PaneWish): number => (pane === focused ? -1 : ORDER.indexOf(pane));
  const byUrgency = wishes.toSorted((a, b) => urgency(a) - urgency(b));
  const chosen = byUrgency.slice(0, Math.floor(lines / LEAST));
  const given = new Map(chosen.map(({ pane }) => [pane, LEAST]));
  let left = lines - chosen.length * LEAST;
  while (left > 0) {
    const hungry = chosen.filter(({ pane, lines: wanted }) => (given.get(pane) ?? 0) < wanted);
    if (hungry.length === 0) break;
    for (const { pane } of hungry.slice(0, left)) {
      given.set(pane, (given.get(pane) ?? 0) + 1);
      left -= 1;
    }
  }
  return wishes.flatMap(({ pane }) => {
    const room = given.get(pane);
    return room === undefined ? [] : [{ pane, lines: room }];
  });
}
