import { isJsonObject, type Json } from '#core/json.ts';
import type { NotificationRecord } from '../notification.ts';
import type { ActionLink } from '../notifier.ts';

/** A notification as it goes out to one receiver. */
export interface Letter
  extends Pick<NotificationRecord, 'topic' | 'subject' | 'to' | 'message' | 'sentAt' | 'incident'> {
  /** The same each time that it is sent. */
  readonly id: string;
  /** Id of the notification. */
  readonly notification: string;
  /** Where the person that it is for can answer, or read more. Whoever has it can. */
  readonly link?: string | undefined;
  /** Where they can have something done about it; each as confidential as the link. */
  readonly actions?: readonly ActionLink[] | undefined;
  /** Whether the link leads to something to read, and nothing is asked. */
  readonly isToRead?: boolean | undefined;
}

/** What the link of a letter is for, on a button. */
export function linkWords({ isToRead = false }: Pick<Letter, 'isToRead'>): string {
  return isToRead ? 'Read' : 'Answer';
}

/** One line that tells what it is about. */
export function titleOf({ topic, subject }: Pick<Letter, 'topic' | 'subject'>): string {
  return oneLine(subject ?? `Stepwright: ${topic}`);
}

/** Without line breaks and control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** The message as people read it: its text first, then its fields, one a line. */
export function textOf({ message }: Pick<Letter, 'message'>): string {
  if (!isJsonObject(message)) return wordsOf(message);
  const { message: text, ...fields } = message;
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${wordsOf(value ?? null)}`);
  return [...(text === undefined ? [] : [wordsOf(text), '']), ...lines].join('\n');
}

function wordsOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Text cut to so many characters, with an ellipsis where something is missing. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
