import type { Alternative } from '#compiler/route-payload.ts';
import { type Choice, type ChoiceRequest, choiceOf } from './choice.ts';
import { type Contender, faultOf, type Judging } from './judge.ts';
import { NoneFits } from './none-fits.ts';
import { zonesOutwards } from './rings.ts';
import { type RoutingPorts, type Selection, selectDevice, selectFrom } from './select.ts';
import { Tally } from './tally.ts';
import type { Reason } from './trace.ts';
import { isTrueOf, readRegistered } from './wish.ts';

/** Choices that are made again because what was chosen has changed meanwhile. */
const MOST_TRIES = 10;

/**
 * Chooses the device of a command: of the first alternative that a device fits, in the nearest zone, one of those that meet
 * most of what is preferred, by the strategy. Throws Device.NoneFits, and Step.InvalidArguments where an expression fails.
 */
export async function chooseDevice(ports: RoutingPorts, request: ChoiceRequest): Promise<Choice> {
  const { route, tried } = request;
  const faults: string[] = [];
  let returnsAt: number | undefined;
  const isAgain = tried.length > 0 && route.retryOn === 'another';
  // Where no other device fits, another try goes to one that was tried.
  for (const barred of isAgain ? [tried, []] : [[]]) {
    faults.length = 0;
    for (const [index, alternative] of route.alternatives.entries()) {
      const outcome = await chooseFrom(ports, request, { index, alternative, tried: barred });
      if (!('fault' in outcome)) return outcome;
      faults.push(outcome.fault);
      returnsAt = earlier(returnsAt, outcome.returnsAt);
    }
  }
  throw new NoneFits(faults, returnsAt);
}

interface Attempt {
  readonly index: number;
  readonly alternative: Alternative;
  /** Devices that are not taken because they were tried. */
  readonly tried: readonly string[];
}

/** What keeps all devices from fitting an alternative, and when the first that is only kept out comes back. */
interface Missed {
  readonly fault: string;
  readonly returnsAt: number | undefined;
}

/** The device of an alternative, or what keeps all of them from being it. */
async function chooseFrom(
  ports: RoutingPorts,
  request: ChoiceRequest,
  { index, alternative, tried }: Attempt,
): Promise<Choice | Missed> {
  const zones = alternative.near === undefined ? [alternative.zone ?? ''] : zonesOutwards(alternative.near);
  const raced = new Set(request.passed);
  let fault = '';
  let returnsAt: number | undefined;
  for (const zone of zones) {
    for (let tries = 1; ; tries++) {
      const wish = { ...alternative, zone: zone === '' ? undefined : zone };
      const tally = new Tally();
      const barred = barredOf(request, tried, raced);
      const judging: Judging = { ...request, table: ports.table, wish, barred, tally };
      const last = request.route.retryOn === 'same' ? request.tried.at(-1) : undefined;
      const selection = await selectOf(ports, { alternative, last }, judging);
      const [first] = selection.ranked;
      const choice = choiceOf(request, { index, alternative, zone, selection, judging });
      returnsAt = earlier(returnsAt, tally.returnsAt);
      fault = `${placeWords(alternative, zone)}${tally.words(selection.looked)}`;
      if (first === undefined || choice === undefined || tries > MOST_TRIES) break;
      if (await stillFits(ports, first.contender, judging)) return choice;
      raced.add(first.contender.id);
    }
  }
  return { fault, returnsAt };
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function placeWords({ device, requires }: Alternative, zone: string): string {
  if (device !== undefined) return `device "${device}": `;
  const wanted = Object.entries(requires).map(([capability, range]) => `${capability} ${range}`);
  const place = zone === '' ? '' : ` in zone ${zone}`;
  return `${wanted.length === 0 ? 'of all' : `with ${wanted.join(', ')}`}${place}, `;
}

function barredOf(
  { route }: ChoiceRequest,
  tried: readonly string[],
  raced: ReadonlySet<string>,
): ReadonlyMap<string, Reason> {
  return new Map<string, Reason>([
    ...tried.map((id) => [id, 'tried'] as const),
    ...[...raced].map((id) => [id, 'raced'] as const),
    ...route.exclude.map((id) => [id, 'excluded'] as const),
  ]);
}

/** The selection of an alternative: of one device by its id, of the device of the try before, or of a ring. */
async function selectOf(
  ports: RoutingPorts,
  { alternative, last }: { readonly alternative: Alternative; readonly last: string | undefined },
  judging: Judging,
): Promise<Selection> {
  if (alternative.device !== undefined) return selectDevice(ports, alternative.device, judging);
  if (last !== undefined) {
    const same = await selectDevice(ports, last, { ...judging, tally: new Tally() });
    if (same.ranked.length > 0) return same;
  }
  return selectFrom(ports, judging);
}

/** Whether the device is as it was in the ring, which it may have left since. */
async function stillFits({ table }: RoutingPorts, { id }: Contender, judging: Judging): Promise<boolean> {
  const device = await readRegistered(table, id);
  if (device === undefined || faultOf(device, judging) !== undefined) return false;
  const { where } = judging.wish;
  return where === undefined || isTrueOf(device, where, judging.bindings);
}
