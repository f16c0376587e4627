import type { Route } from '#compiler/route-payload.ts';
import { assertNever } from '#core/assert-never.ts';
import type { Random } from '#core/random.ts';
import { drawShare } from './beta.ts';
import type { Contender } from './judge.ts';
import type { Scored } from './trace.ts';

/** Strategies that need nothing but the devices that fit, and chance. */
export type PlainStrategy = Exclude<Route['strategy'], 'round-robin' | 'sticky'>;

/** A device that fits, with what speaks for it; what is lowest is best. */
interface Ranked {
  readonly contender: Contender;
  readonly rank: number;
  readonly told: Omit<Scored, 'device' | 'score'>;
}

/** The devices in the order in which a strategy takes them; what the one after the first is for is the explanation. */
export function rankBy(
  strategy: PlainStrategy,
  contenders: readonly Contender[],
  random: Random,
): readonly { readonly contender: Contender; readonly told: Omit<Scored, 'device' | 'score'> }[] {
  const ranked = ranksOf(strategy, shuffled(contenders, random), random);
  return ranked.toSorted((one, other) => one.rank - other.rank);
}

function ranksOf(
  strategy: PlainStrategy,
  contenders: readonly Contender[],
  random: Random,
): readonly Ranked[] {
  switch (strategy) {
    case 'random':
      return contenders.map((contender) => ({ contender, rank: 0, told: {} }));
    case 'least-loaded':
      return contenders.map((contender) => ({
        contender,
        rank: loadOf(contender),
        told: { load: loadOf(contender) },
      }));
    case 'weighted':
      return contenders.map((contender) => ({
        contender,
        // The least of exponentially distributed times at these rates comes first with a chance in proportion to its rate.
        rank: -Math.log(1 - random()) / contender.weight,
        told: { weight: contender.weight },
      }));
    case 'latency-aware':
      return betterOfTwo(contenders);
    case 'adaptive':
      return contenders.map((contender) => {
        const drawn = drawShare(contender.ability.successes, contender.ability.failures, random);
        return { contender, rank: -drawn, told: { drawn: Number(drawn.toFixed(4)) } };
      });
    default:
      return assertNever(strategy);
  }
}

/**
 * Of two drawn at random, the one with the shorter expected wait: so fast answers do not draw everything to one device
 * (Mitzenmacher, "The power of two choices in randomized load balancing"). One that has not answered yet counts as the
 * fastest, so that it is tried.
 */
function betterOfTwo(shuffledOnes: readonly Contender[]): readonly Ranked[] {
  const known = shuffledOnes.flatMap(({ ability }) => ability.latencyMs ?? []);
  const fastest = known.length === 0 ? 1 : Math.min(...known);
  return shuffledOnes.map((contender, index) => {
    const latencyMs = contender.ability.latencyMs ?? fastest;
    const wait = Math.max(1, latencyMs) * (loadOf(contender) + 1);
    const told = { load: loadOf(contender), latencyMs: Math.round(latencyMs) };
    return { contender, rank: index < 2 ? wait : Number.POSITIVE_INFINITY, told };
  });
}

/** Commands that a device has open: in flight, and in its mailbox. */
export function loadOf({ health }: Contender): number {
  return health.open;
}

/** Fisher and Yates: ties go to chance. */
function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  const mixed = [...values];
  for (let end = mixed.length - 1; end > 0; end--) {
    const at = Math.floor(random() * (end + 1));
    const [last, other] = [mixed[end], mixed[at]];
    if (last !== undefined && other !== undefined) [mixed[end], mixed[at]] = [other, last];
  }
  return mixed;
}

/** Those with the highest score. */
export function preferred(contenders: readonly Contender[]): readonly Contender[] {
  const highest = Math.max(...contenders.map(({ score }) => score));
  return contenders.filter(({ score }) => score === highest);
}
