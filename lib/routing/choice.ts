import type { Alternative, Route } from '#compiler/route-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { Write } from '#table/table.ts';
import { abilitiesWrite, abilityOf, openWrite, withBreaker } from './health.ts';
import type { Contender, Judging } from './judge.ts';
import type { Ranked, Selection } from './select.ts';
import type { RouteTrace, Scored } from './trace.ts';

/** What a device is chosen for. */
export interface ChoiceRequest {
  readonly route: Route;
  /** Values of the names that its expressions read. */
  readonly bindings: JsonObject;
  /** Id of the command, and until when it is without doubt over: it may be a probe. */
  readonly command: string;
  readonly overAt: number;
  /** Devices of the tries before. */
  readonly tried: readonly string[];
  /** Devices that were chosen for it, and that others took or changed meanwhile. */
  readonly passed: readonly string[];
  readonly now: number;
}

/** A device that was chosen. */
export interface Choice {
  readonly alternative: Alternative;
  /** Counts the command as one of the device's, in the transaction that puts it on record; it fails for a probe that is taken. */
  readonly opening: Write;
  readonly trace: RouteTrace;
}

/** Devices that are told as those that did best. */
const TOLD = 3;

/** What was selected, as the choice for a command. */
export function choiceOf(
  request: ChoiceRequest,
  { index, alternative, zone, selection, judging }: Chosen,
): Choice | undefined {
  const [first] = selection.ranked;
  if (first === undefined) return undefined;
  const { contender } = first;
  const ability = abilityOf(alternative.requires);
  const trace: RouteTrace = {
    ...{ chosen: contender.id, strategy: request.route.strategy, ability, alternative: index, zone },
    ...{ looked: selection.looked, isWhole: selection.isWhole, fits: selection.fits },
    left: judging.tally.left,
    best: selection.ranked.slice(0, TOLD).map((ranked) => toScored(ranked, request.route)),
    ...(contender.isProbe ? { isProbe: true } : {}),
    ...(request.tried.length === 0 ? {} : { tried: [...request.tried] }),
  };
  return { alternative, opening: openingOf(request, contender, ability), trace };
}

/** What led to a choice. */
export interface Chosen {
  readonly index: number;
  readonly alternative: Alternative;
  readonly zone: string;
  readonly selection: Selection;
  readonly judging: Judging;
}

function toScored({ contender, told }: Ranked, { prefers }: Route): Scored {
  return { device: contender.id, ...(prefers.length === 0 ? {} : { score: contender.score }), ...told };
}

/** A probe is taken by the very write that counts the command, so that there is one at a time. */
function openingOf({ command, overAt, now }: ChoiceRequest, contender: Contender, ability: string): Write {
  const { id, health, isProbe } = contender;
  const { breaker } = contender.ability;
  if (!isProbe || breaker === undefined) return openWrite(id, 1);
  const probing = { ...breaker, probe: { command, until: overAt } };
  const after = withBreaker(health, ability, { breaker: probing, now });
  return abilitiesWrite(id, { before: health, after, open: 1 });
}
