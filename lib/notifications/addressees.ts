import * as z from 'zod';
import type { NotificationSettings } from '#definition/notifications.ts';
import { personKey } from '#definition/person.ts';
import type { Addressee, Notification } from './notifier.ts';
import { findReceiver } from './settings.ts';

/** The ways out that there are besides calls over HTTP. */
export interface Ways {
  /** Whether mail can be sent. */
  readonly mail: boolean;
  /** Whether there is a service that topics are published to. */
  readonly topics: boolean;
}

/** Who is told, and who in their place, one after the other. */
export type Line = readonly [Addressee, ...Addressee[]];

/**
 * Who is told of a notification, each once. What is for one person goes to the receivers that routes name for them, or else by
 * mail, where their name is an address; it never takes a route of all.
 */
export function linesOf(
  settings: NotificationSettings,
  notification: Notification,
  ways: Ways,
): readonly Line[] {
  if (notification.receivers !== undefined) return distinct(notification.receivers);
  const routed = routedNames(settings, notification).flatMap((name) => lineFrom(settings, name));
  const mailed = ways.mail && routed.length === 0 ? ownMail(notification) : [];
  const published = ways.topics ? ownTopic(notification, routed) : [];
  return distinct([...routed, ...mailed, ...published]);
}

function routedNames({ routes }: NotificationSettings, { topic, to }: Notification): readonly string[] {
  return routes
    .filter(({ topics, people }) => {
      const isMeant = to === undefined ? people === undefined : people?.some(isSame(to));
      return isMeant === true && (topics?.includes(topic) ?? true);
    })
    .flatMap((route) => route.to);
}

function isSame(person: string): (other: string) => boolean {
  const key = personKey(person);
  return (other) => personKey(other) === key;
}

/** A receiver with its fallbacks; none where it is not known any more, or leads back to where it began. */
export function lineFrom(settings: NotificationSettings, name: string): readonly Line[] {
  const [first, ...rest] = follow(settings, name, []);
  return first === undefined ? [] : [[first, ...rest]];
}

function follow(
  settings: NotificationSettings,
  name: string | undefined,
  before: readonly Addressee[],
): readonly Addressee[] {
  if (name === undefined || before.some((one) => one.name === name)) return before;
  const receiver = findReceiver(settings, name);
  return receiver === undefined
    ? before
    : follow(settings, receiver.fallback, [...before, { name, receiver }]);
}

const AddressSchema = z.email();

/** Whoever has an address for a name, by mail; undefined for other names. */
export function mailAddressee(person: string): Addressee | undefined {
  const address = AddressSchema.safeParse(person.trim());
  if (!address.success) return undefined;
  return { name: `email:${personKey(address.data)}`, receiver: { email: address.data } };
}

function ownMail({ to = '' }: Notification): readonly Line[] {
  const addressee = mailAddressee(to);
  return addressee === undefined ? [] : [[addressee]];
}

/** Whoever subscribes to a topic, where topics are published, is told without any route. */
function ownTopic({ topic }: Notification, routed: readonly Line[]): readonly Line[] {
  const isRouted = routed.some(([{ receiver }]) => 'topic' in receiver && receiver.topic === topic);
  return isRouted ? [] : [[{ name: `topic:${topic}`, receiver: { topic } }]];
}

function distinct(lines: readonly Line[]): readonly Line[] {
  return [...new Map(lines.map((line) => [line[0].name, line])).values()];
}
