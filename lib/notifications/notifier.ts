import * as z from 'zod';
import type { Json } from '#core/json.ts';
import { SeveritySchema } from '#definition/alert/severity.ts';
import type { NamedReceiver } from '#definition/receiver.ts';

/**
 * What goes out with a message and is kept nowhere: of it, only what it is made of anew each time that it is sent. Of the link of an
 * approval, that is the approval as it was asked then; whose link it is, says `to`. Of the link of alerts, it is what is told of together;
 * everybody who is told of it gets one of their own. So does everybody who is told of a report.
 */
export const ConfidentialPartSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('approval-link'),
    approval: z.string(),
    /** ms since the Unix epoch. */
    askedAt: z.number(),
  }),
  z.object({
    kind: z.literal('alert-link'),
    paging: z.string(),
    incident: z.string(),
    /** The alert, and the execution that it is about, for links by which that can be helped. */
    about: z.object({ alert: z.string(), execution: z.string() }).exactOptional(),
  }),
  /** A report that was made, by its name and its id. */
  z.object({ kind: z.literal('report-link'), report: z.string(), made: z.string() }),
]);

/** What goes out with a message and is kept nowhere. */
export type ConfidentialPart = z.infer<typeof ConfidentialPartSchema>;

/** A link by which the receiver of a message can have something done. */
export interface ActionLink {
  readonly verb: string;
  /** What it does, in a word or three. */
  readonly text: string;
  readonly link: string;
}

/** What is made of it, for one receiver. */
export interface ConfidentialLinks {
  /** Where they can answer. */
  readonly link: string;
  readonly actions?: readonly ActionLink[] | undefined;
}

/** The trouble that a notification is about, for services that keep one open until it is over. */
export const IncidentSchema = z.object({
  /** The same for all that is told of the same trouble. */
  key: z.string().min(1),
  action: z.enum(['trigger', 'acknowledge', 'resolve']),
  severity: SeveritySchema,
});

/** The trouble that a notification is about. */
export type Incident = z.infer<typeof IncidentSchema>;

/** A receiver with its name. */
export interface Addressee {
  /** Unique among those of a notification, without spaces. */
  readonly name: string;
  readonly receiver: NamedReceiver;
}

/** Something that people, or services, are told. */
export interface Notification {
  /** The same for the same thing told twice: it is sent once. */
  readonly id: string;
  /** What it is about; who listens to it is told. */
  readonly topic: string;
  /** One line. */
  readonly subject?: string | undefined;
  readonly message: Json;
  /** The one person that it is for; undefined: whoever listens to the topic. */
  readonly to?: string | undefined;
  /** Goes out with the message; the link of an approval to nobody else than `to`. */
  readonly confidential?: ConfidentialPart | undefined;
  readonly incident?: Incident | undefined;
  /** Who is told, whatever the routes of the project say, each with those that are told in its place. */
  readonly receivers?: readonly (readonly [Addressee, ...Addressee[]])[] | undefined;
  /** Whether each of them is tried once only, and then given up. Default: each as often as there is patience for. */
  readonly isTest?: boolean | undefined;
}

/** Tells those who listen. */
export interface Notifier {
  /** Resolves when the notification is on record and will be sent; it may arrive more than once, under the same id. */
  send(notification: Notification): Promise<void>;
}
