import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestApprovalRequest } from '#compiler/wait-payload.ts';
import { StepwrightError } from '#core/error.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { TimerDeadlines } from '#deadlines/timers.ts';
import type { TaskAnswer } from '#engine/engine.ts';
import { type Approval, findApproval } from '#signals/approval.ts';
import { putGroup } from '#signals/group.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { remindOrExpire } from '#signals/remind-approval.ts';
import { requestApproval } from '#signals/request-approval.ts';
import { type Said, vote } from '#signals/vote.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Table } from '#table/table.ts';

const MEMBERS = ['ada', 'bob', 'eve', 'max'];
const ID = 'x:ask:0';

/** A process that ends before or after it has written, at this write. */
class Crash extends Error {}

const personArbitrary = fc.constantFrom(...MEMBERS, 'Ada', 'stranger');
const saidArbitrary: fc.Arbitrary<Said> = fc.record({
  by: personArbitrary,
  decision: fc.constantFrom('approve', 'reject'),
});
const actionArbitrary = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('votes'),
      said: fc.array(saidArbitrary, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('link'), said: saidArbitrary }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask-again') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('look') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash'),
      at: fc.integer({ min: 0, max: 4 }),
      written: fc.boolean(),
    }),
  },
);
type Action =
  | { readonly kind: 'votes'; readonly said: readonly Said[] }
  | { readonly kind: 'link'; readonly said: Said }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'ask-again' | 'look' }
  | { readonly kind: 'crash'; readonly at: number; readonly written: boolean };

/** An approval with its clock and its task; the process may end at any write, and what calls come again do. */
class Scene {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly accepted: string[] = [];
  readonly told: string[] = [];
  /** What each person was last told that they have said. */
  readonly acknowledged = new Map<string, Said['decision']>();
  readonly #database = new Database(':memory:');
  readonly #table = new SqliteTable(this.#database);
  #crash: { left: number; readonly written: boolean } | undefined;

  readonly ports: SignalPorts = {
    table: this.#failing(),
    clock: this.clock,
    random: seededRandom(1),
    notifier: { send: async ({ id }) => void this.told.push(id) },
    deadlines: new TimerDeadlines(this.clock, ({ id }) => void this.#look(id)),
    engine: {
      succeedTask: async () => this.#answer('succeeded'),
      failTask: async (_token, { error }) => this.#answer(error),
    },
  };

  async begin(request: RequestApprovalRequest): Promise<void> {
    await putGroup(this.#table, { name: 'ops', members: MEMBERS });
    await this.ask(request);
  }

  /** The engine calls a task again until the call has come through. */
  async ask(request: RequestApprovalRequest): Promise<void> {
    while ((await this.#survive(() => requestApproval(this.ports, request))) === undefined);
  }

  /** Whoever votes is told that it is taken, or refused; or nothing at all, and does not know then. */
  async say(said: Said): Promise<void> {
    const person = said.by.toLowerCase();
    try {
      const { votes } = await vote(this.ports, ID, said);
      const own = votes.find(({ by }) => by === person);
      if (own !== undefined) this.acknowledged.set(person, own.decision);
    } catch (error) {
      if (error instanceof Crash) this.acknowledged.delete(person);
      else if (!(error instanceof StepwrightError)) throw error;
    }
  }

  look(): Promise<void> {
    return this.#look(ID);
  }

  /** Lets time go by, and what is due in it be done when it is. */
  async wait(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      await this.clock.advance(Math.min(5 * 60_000, end - this.clock.now()));
      for (let turn = 0; turn < 5; turn++) await setImmediate();
    }
  }

  willCrash(left: number, written: boolean): void {
    this.#crash = { left, written };
  }

  approval(): Promise<Approval | undefined> {
    return findApproval(this.#table, ID);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** A message of the queue of deadlines comes again until it was taken. */
  async #look(id: string): Promise<void> {
    try {
      await remindOrExpire(this.ports, id);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await this.#look(id);
    }
  }

  #answer(outcome: string): TaskAnswer {
    if (this.accepted.length > 0) return 'gone';
    this.accepted.push(outcome);
    return 'accepted';
  }

  async #survive<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Crash || error instanceof StepwrightError) return undefined;
      throw error;
    }
  }

  #failing(): Table {
    const table = this.#table;
    return {
      get: (key) => table.get(key),
      query: (query) => table.query(query),
      delete: (key, condition) => this.#write(() => table.delete(key, condition)),
      transact: (writes) => this.#write(() => table.transact(writes)),
      putAll: (items) => this.#write(() => table.putAll(items)),
      put: (item, condition) => this.#write(() => table.put(item, condition)),
      update: (update) => this.#write(() => table.update(update)),
    };
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    const crash = this.#crash;
    const isNow = crash !== undefined && crash.left-- === 0;
    if (!isNow) return work();
    this.#crash = undefined;
    if (crash.written) await work();
    throw new Crash();
  }
}

async function play(scene: Scene, request: RequestApprovalRequest, action: Action): Promise<void> {
  switch (action.kind) {
    case 'votes':
      await Promise.all(action.said.map((said) => scene.say(said)));
      return;
    case 'link':
      return scene.say({ ...action.said, via: 'link', link: action.said.by.toLowerCase() });
    case 'wait':
      return scene.wait(action.minutes * 60_000);
    case 'ask-again':
      return scene.ask(request);
    case 'look':
      await scene.look();
      return;
    case 'crash':
      scene.willCrash(action.at, action.written);
  }
}

const OUTCOMES = { REJECTED: 'Approval.Rejected', APPROVED: 'succeeded', EXPIRED: 'Approval.Timeout' };

function check(
  { acknowledged, accepted }: Scene,
  approval: Approval | undefined,
  { quorum, rejections }: { readonly quorum: number; readonly rejections: number },
): void {
  const { status, votes = [] } = approval ?? {};
  expect(new Set(votes.map(({ by }) => by)).size).toBe(votes.length);
  expect(votes.every(({ by }) => MEMBERS.includes(by))).toBe(true);
  for (const [by, decision] of acknowledged)
    expect(votes.find((one) => one.by === by)?.decision, by).toBe(decision);
  const against = votes.filter(({ decision }) => decision === 'reject').length;
  const isApproved = votes.length - against >= quorum;
  const expected = against >= rejections ? 'REJECTED' : isApproved ? 'APPROVED' : 'EXPIRED';
  expect(status).toBe(expected);
  expect(accepted).toEqual([OUTCOMES[expected]]);
}

test('whatever happens, an approval ends once, by what was said in its time, and loses no vote that was taken', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        quorum: fc.integer({ min: 1, max: 4 }),
        rejections: fc.integer({ min: 1, max: 3 }),
        reminds: fc.boolean(),
      }),
      fc.array(actionArbitrary as fc.Arbitrary<Action>, { maxLength: 25 }),
      async ({ quorum, rejections, reminds }, actions) => {
        using scene = new Scene();
        const request: RequestApprovalRequest = {
          ...{ execution: 'x', path: 'ask', attempt: 0, taskToken: 't', group: 'ops', quorum, rejections },
          ...{ timeoutSeconds: 3_600, ...(reminds ? { remindSeconds: 600 } : {}) },
        };
        await scene.begin(request);
        let ended: Approval | undefined;
        for (const action of actions) {
          await play(scene, request, action);
          const now = await scene.approval();
          if (ended !== undefined) expect({ ...now, revision: 0, told: true }).toEqual(ended);
          else if (now !== undefined && now.status !== 'OPEN') ended = { ...now, revision: 0, told: true };
        }
        await scene.ask(request);
        await scene.wait(2 * 3_600_000);

        check(scene, await scene.approval(), { quorum, rejections });
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
