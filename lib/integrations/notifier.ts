import type { Json, JsonObject } from '#core/json.ts';

/** Something that people, or services, are told. */
export interface Notification {
  /** The same for the same thing told twice. */
  readonly id: string;
  /** What it is about; who listens to it is told. */
  readonly topic: string;
  /** One line. */
  readonly subject?: string | undefined;
  readonly message: Json;
  /** The one person that it is for; undefined: whoever listens to the topic. */
  readonly to?: string | undefined;
  /** Goes out with the message, and is kept nowhere. */
  readonly confidential?: JsonObject | undefined;
}

/** Tells those who listen: on AWS through an SNS topic, embedded by the record alone and whoever reads it. */
export interface Notifier {
  /** Resolves when the notification is on its way; it may arrive more than once. */
  send(notification: Notification): Promise<void>;
}
