import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { DEFAULT_COUNT } from '../durations.ts';

/** How often parts of a machine run. */
export interface Repetitions {
  /** Iterations each time a Map state runs, by its name. */
  readonly items: ReadonlyMap<string, number>;
  /** How often a loop goes round, by the name of the Choice that it goes back to. */
  readonly loops: ReadonlyMap<string, number>;
  /** Which part of the times a Choice takes its first way rather than its default, by name. */
  readonly shares: ReadonlyMap<string, number>;
}

/** A state and how often it is entered; the iterations are those of all its runs, of a Map state. */
export interface Visit {
  readonly state: JsonObject;
  /** Whether it is in a child execution, which has a history of its own. */
  readonly isInChild: boolean;
  readonly times: number;
  readonly iterations: number;
}

/**
 * How often each state of a machine is entered in a run in which nothing fails: at each Choice, the way with the most
 * states is taken. By the name of the state; those that are not entered are left out.
 */
export function visitsOf(definition: JsonObject, repetitions: Repetitions): ReadonlyMap<string, Visit> {
  const visits = new Map<string, Visit>();
  new Visitor(repetitions, visits).visitBody(definition, { times: 1, isInChild: false });
  return visits;
}

type States = Readonly<Record<string, Json>>;

/** How often something runs, and where. */
interface Rounds {
  readonly times: number;
  readonly isInChild: boolean;
}

/** A way through states: how often it is gone, and before which state it ends. */
interface Stretch extends Rounds {
  readonly until: string | undefined;
}

class Visitor {
  readonly #repetitions: Repetitions;
  readonly #visits: Map<string, Visit>;
  /** The weight of what follows a state, the state included; of those under way, 0. */
  readonly #weights = new Map<string, number>();

  constructor(repetitions: Repetitions, visits: Map<string, Visit>) {
    this.#repetitions = repetitions;
    this.#visits = visits;
  }

  visitBody(body: JsonObject, rounds: Rounds): void {
    const states = statesOf(body);
    this.#follow(String(body['StartAt']), states, { ...rounds, until: undefined });
  }

  #follow(start: string, states: States, { until, ...rounds }: Stretch): void {
    const seen = new Set<string>();
    for (let name: string | undefined = start; name !== undefined && name !== until; ) {
      seen.add(name);
      this.#enter(name, stateOf(states, name), rounds);
      this.#goRound(name, states, rounds);
      const ways = this.#waysPast(name, states, rounds).filter((way) => !seen.has(way));
      name = this.#heaviest(ways, states);
    }
  }

  /** Each round of a loop comes back to its Choice. */
  #goRound(name: string, states: States, { times, isInChild }: Rounds): void {
    const loop = loopOf(name, states);
    if (loop === undefined) return;
    const rounds = { times: times * (this.#repetitions.loops.get(name) ?? DEFAULT_COUNT), isInChild };
    this.#enter(name, stateOf(states, name), rounds);
    this.#enter(loop, stateOf(states, loop), rounds);
  }

  /** Where a state may lead; what is done only a part of the times has been visited then. */
  #waysPast(name: string, states: States, { times, isInChild }: Rounds): readonly string[] {
    const share = this.#repetitions.shares.get(name);
    const state = stateOf(states, name);
    if (share === undefined || state['Type'] !== 'Choice') return waysOf(name, states);
    const [first = name] = targetsOf(state);
    const rest = String(state['Default']);
    const meeting = meetingOf(first, rest, states);
    if (share > 0) this.#follow(first, states, { times: times * share, isInChild, until: meeting });
    if (share < 1) this.#follow(rest, states, { times: times * (1 - share), isInChild, until: meeting });
    return [meeting];
  }

  #enter(name: string, state: JsonObject, { times, isInChild }: Rounds): void {
    const each = state['Type'] === 'Map' ? (this.#repetitions.items.get(name) ?? DEFAULT_COUNT) : 1;
    const before = this.#visits.get(name);
    this.#visits.set(name, {
      ...{ state, isInChild },
      times: times + (before?.times ?? 0),
      iterations: times * each + (before?.iterations ?? 0),
    });
    const inside = { times: times * each, isInChild: isInChild || isDistributedMap(state) };
    for (const body of bodiesOf(state)) this.visitBody(body, inside);
  }

  #heaviest(names: readonly string[], states: States): string | undefined {
    const [first, ...others] = names;
    if (first === undefined) return undefined;
    return others.reduce(
      (best, name) => (this.#weight(name, states) > this.#weight(best, states) ? name : best),
      first,
    );
  }

  /** How much is behind a state: states, those inside others as often as they run. Nothing is as light as a failure. */
  #weight(name: string, states: States): number {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    this.#weights.set(name, 0);
    const state = stateOf(states, name);
    const ways = waysOf(name, states).map((next) => this.#weight(next, states));
    const weight = this.#ownWeight(name, state) + (ways.length === 0 ? 0 : Math.max(...ways));
    this.#weights.set(name, weight);
    return weight;
  }

  #ownWeight(name: string, state: JsonObject): number {
    if (state['Type'] === 'Fail') return Number.NEGATIVE_INFINITY;
    const each = state['Type'] === 'Map' ? (this.#repetitions.items.get(name) ?? DEFAULT_COUNT) : 1;
    const inner = bodiesOf(state).map((body) => this.#weight(String(body['StartAt']), statesOf(body)));
    return 1 + (each === 0 ? 0 : each * inner.reduce((sum, weight) => sum + weight, 0));
  }
}

/** The state that a Choice leads to and that leads back to it, and nowhere else. */
function loopOf(name: string, states: States): string | undefined {
  return targetsOf(stateOf(states, name)).find((target) => stateOf(states, target)['Next'] === name);
}

/** The first state on one way that another way comes to as well; that other way itself where they never meet. */
function meetingOf(way: string, other: string, states: States): string {
  const onOther = reachedFrom(other, states);
  return [...reachedFrom(way, states)].find((name) => onOther.has(name)) ?? other;
}

/** The states that a way comes to, the nearest first, itself included. */
function reachedFrom(start: string, states: States): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const name of reached) for (const next of waysOf(name, states)) reached.add(next);
  return reached;
}

/** The states that a state leads to, without the body of its loop. */
function waysOf(name: string, states: States): readonly string[] {
  const loop = loopOf(name, states);
  return targetsOf(stateOf(states, name)).filter((target) => target !== loop);
}

function targetsOf(state: JsonObject): readonly string[] {
  const choices = Array.isArray(state['Choices']) ? state['Choices'].filter((one) => isJsonObject(one)) : [];
  const targets = [...choices.map((choice) => choice['Next']), state['Default'], state['Next']];
  return targets.filter((target) => typeof target === 'string');
}

/** Whether the iterations of a state are executions of their own. */
export function isDistributedMap(state: JsonObject): boolean {
  const processor = state['ItemProcessor'];
  const config = isJsonObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isJsonObject(config) && config['Mode'] === 'DISTRIBUTED';
}

/** The bodies of a state: its branches, or its iteration. */
export function bodiesOf(state: JsonObject): readonly JsonObject[] {
  const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
  return [...branches, state['ItemProcessor'], state['Iterator']].filter((body) => isJsonObject(body));
}

/** The states of a body, by name. */
export function statesOf(body: JsonObject): States {
  return isJsonObject(body['States']) ? body['States'] : {};
}

function stateOf(states: States, name: string): JsonObject {
  const state = states[name];
  return isJsonObject(state) ? state : {};
}
