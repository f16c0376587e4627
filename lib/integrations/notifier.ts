import type { Json } from '#core/json.ts';

/** Something that people, or services, are told. */
export interface Notification {
  /** The same for the same thing told twice. */
  readonly id: string;
  /** What it is about; who listens to it is told. */
  readonly topic: string;
  /** One line. */
  readonly subject?: string | undefined;
  readonly message: Json;
}

/** Tells those who listen: on AWS through an SNS topic, embedded by the record alone and whoever reads it. */
export interface Notifier {
  /** Resolves when the notification is on its way; it may arrive more than once. */
  send(notification: Notification): Promise<void>;
}
