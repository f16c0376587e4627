import type { Letter } from './letter.ts';

/** Publishes to whoever subscribes. */
export interface TopicPublisher {
  /** Resolves when it is on its way to those who listen to the topic. Throws {@link DeliveryFailure}. */
  publish(topic: string, letter: Letter): Promise<void>;
}
