import { StepwrightError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { EventSource } from '#definition/event-sources.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import type { SignalPorts } from './ports.ts';
import { tellAll } from './tell-all.ts';

/** Something that comes from outside. */
export type OutsideMessage =
  | { readonly topic: string; readonly payload: Json }
  | { readonly source: string; readonly detailType: string; readonly id: string; readonly payload: Json };

/**
 * Tells of what comes from outside as each source says that means it. Gives how many steps have taken it. Throws SW4106 where the
 * expression of a source fails for it, once the others have told.
 */
export async function tellOutside(
  ports: SignalPorts,
  sources: readonly EventSource[],
  message: OutsideMessage,
): Promise<number> {
  let taken = 0;
  let failed: StepwrightError | undefined;
  for (const source of sources.filter((one) => isMeantBy(one, message))) {
    try {
      taken += await tellAs(ports, source, message);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      failed = unreadable(source, message, error);
    }
  }
  if (failed !== undefined) throw failed;
  return taken;
}

async function tellAs(ports: SignalPorts, source: EventSource, message: OutsideMessage): Promise<number> {
  const { name, data, keepMs } = source;
  const told = data === undefined ? message.payload : await evaluate(data, { bindings: bindingsOf(message) });
  if (told === undefined) return 0;
  // The bus delivers an event at least once, and gives it an id.
  const id = 'id' in message ? message.id : undefined;
  return (await tellAll(ports, { name, data: told, id, keepMs })).taken;
}

function bindingsOf(message: OutsideMessage): JsonObject {
  if ('topic' in message) return { payload: message.payload, topic: message.topic.split('/') };
  const { payload, source, detailType } = message;
  return { payload, source, detailType };
}

function isMeantBy(source: EventSource, message: OutsideMessage): boolean {
  if ('topic' in source) return 'topic' in message && isOfTopic(source.topic, message.topic);
  if ('topic' in message) return false;
  const { sources, detailTypes } = source.bus;
  return sources.includes(message.source) && (detailTypes?.includes(message.detailType) ?? true);
}

/** Whether a topic is one that a filter takes in (MQTT 3.1.1, section 4.7). */
export function isOfTopic(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  const isOpen = wanted.at(-1) === '#';
  const named = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? levels.length < named.length : levels.length !== named.length) return false;
  return named.every((level, at) => level === '+' || level === levels[at]);
}

function unreadable({ name }: EventSource, message: OutsideMessage, cause: EvaluationError): StepwrightError {
  const where = 'topic' in message ? message.topic : `${message.source} (${message.detailType})`;
  return new StepwrightError(
    {
      code: 'SW4106',
      kind: 'invalid',
      message: `what came from ${where} cannot be told as "${name}": ${cause.message}`,
      hint: 'see to the expression `data` of its source under "events" in stepwright.yaml',
    },
    { cause },
  );
}
