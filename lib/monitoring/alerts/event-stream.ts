import type { MonitoringEvent } from '../events/event.ts';

/** An event with its place in a stream of them, which only the stream understands. */
export interface PlacedEvent<Position> {
  readonly event: MonitoringEvent;
  readonly position: Position;
}

/** Events in an order that does not change, each with its place. */
export interface EventStream<Position> {
  /** All that came after a position, up to now. */
  take(after: Position): AsyncIterable<PlacedEvent<Position>>;
  /** Up to where all was given when the last of it was taken. */
  readonly readUpTo: Position;
  /** Until when all is known that has happened, when the last of it was taken: ms since the epoch. */
  knownUntil(): number;
}
