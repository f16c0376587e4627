import { CallHttpRequestSchema, StartWorkflowRequestSchema } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { AwaitEventRequestSchema, RequestApprovalRequestSchema } from '#compiler/wait-payload.ts';
import { type Clock, sleep } from '#core/clock.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { durationMs } from '#definition/read-retry.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import { fillTemplate } from '#devices/simulator/template.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { Exchange } from '#integrations/call-http.ts';
import { approvalOfTask } from '#signals/request-approval.ts';
import { publishEvent } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import type { Draw } from './draw.ts';
import { isMeant, isStepMeant } from './pattern.ts';

/** What answering takes. */
export interface AnsweringOptions {
  readonly answers: readonly Answers[];
  readonly clock: Clock;
  readonly draw: Draw;
  /** Input of the execution, which answers may read. */
  readonly input: Json;
  /** The ports of the engine, once it lives. */
  ports(): Promise<ExecutionPorts>;
  note(text: string): void;
  /** Told of what went wrong where nobody waits. */
  onDefect(error: unknown): void;
}

/** Longest time until somebody approves, an event comes, and a service answers, where it is not said; in ms. */
const LONGEST_MS = { approve: 600_000, events: 60_000, http: 2_000, workflows: 60_000 };

/** Stands in for people, services, the world that events come from, and other workflows. */
export class Answering {
  readonly #options: AnsweringOptions;
  readonly #used = new Map<object, number>();
  readonly #answered = new Set<string>();

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  /** The function of a task with who answers what it asks for. */
  around(token: string, called: EngineFunction): EngineFunction {
    switch (token) {
      case MACHINE_TOKENS.requestApproval:
        return this.#after(called, (payload) => this.#approve(payload));
      case MACHINE_TOKENS.awaitEvent:
        return this.#after(called, (payload) => this.#tell(payload));
      case MACHINE_TOKENS.startWorkflow:
        return (payload, context) => this.#standIn(payload) ?? called(payload, context);
      default:
        return called;
    }
  }

  /** Answers calls over HTTP. */
  readonly exchange: Exchange = async (request, sent) => {
    const { draw, clock, input, note } = this.#options;
    const { path, url, method } = CallHttpRequestSchema.parse(request);
    const answer = this.#find('http', (one) => {
      const isAsked = one.method === undefined || one.method === method;
      return isAsked && isStepMeant(path, one.step) && isMeant(url, one.url);
    });
    await sleep(clock, durationMs(answer?.after) ?? draw.whole(1, LONGEST_MS.http));
    note(`service answers ${method} ${url} with ${answer?.error ?? answer?.status ?? 200}`);
    if (answer?.error !== undefined) throw new RuntimeError(answer.error, `rehearsed: no answer from ${url}`);
    const asked = { method, url, headers: { ...sent.headers }, body: sent.body ?? null };
    const body = await fillTemplate(answer?.body ?? {}, { bindings: { request: asked, input } });
    const isText = typeof body === 'string';
    return {
      status: answer?.status ?? 200,
      headers: { 'content-type': isText ? 'text/plain' : 'application/json', ...answer?.headers },
      body: isText ? body : JSON.stringify(body),
    };
  };

  #after(called: EngineFunction, then: (payload: Json) => void): EngineFunction {
    return async (payload, context) => {
      const result = await called(payload, context);
      then(payload);
      return result;
    };
  }

  #approve(payload: Json): void {
    const { clock, draw, note } = this.#options;
    const request = RequestApprovalRequestSchema.parse(payload);
    const { path, group, quorum, rejections } = request;
    const id = taskId(request);
    if (this.#answered.has(id)) return;
    const answer = this.#find('approve', (one) => isStepMeant(path, one.step) && isMeant(group, one.group));
    const decision = answer?.decision ?? 'approve';
    if (decision === 'none') return;
    const at = clock.now() + (durationMs(answer?.after) ?? draw.whole(1, LONGEST_MS.approve));
    const voters = decision === 'approve' ? quorum : rejections;
    for (let voter = 1; voter <= voters; voter++) {
      const by = `${answer?.by ?? 'rehearsal'}${voters === 1 ? '' : `-${voter}`}`;
      this.#at(at, async () => {
        note(`${by} says ${decision} to "${path}"`);
        const ports = await this.#options.ports();
        const asked = await approvalOfTask(ports.table, request);
        await vote(ports, asked.id, { by, decision });
        if (voter === voters) this.#answered.add(id);
      });
    }
  }

  #tell(payload: Json): void {
    const { clock, draw, input, note } = this.#options;
    const awaited = AwaitEventRequestSchema.safeParse(payload).data;
    if (awaited === undefined || this.#answered.has(taskId(awaited))) return;
    const event = this.#find('events', (one) => one.name === awaited.event);
    if (event === undefined) return;
    this.#at(clock.now() + (durationMs(event.after) ?? draw.whole(1, LONGEST_MS.events)), async () => {
      const data = await fillTemplate(event.data ?? {}, { bindings: { input } });
      note(`event ${event.name} comes`);
      await publishEvent(await this.#options.ports(), { name: event.name, data });
      this.#answered.add(taskId(awaited));
    });
  }

  #standIn(payload: Json): Promise<Json> | undefined {
    const { clock, draw, note } = this.#options;
    const { workflow, taskToken } = StartWorkflowRequestSchema.parse(payload);
    const answer = this.#find('workflows', (one) => one.name === workflow);
    if (answer === undefined) return undefined;
    this.#at(clock.now() + (durationMs(answer.after) ?? draw.whole(1, LONGEST_MS.workflows)), async () => {
      note(`workflow ${workflow} is answered for`);
      const { engine } = await this.#options.ports();
      if (answer.error === undefined) await engine.succeedTask(taskToken, answer.output ?? null);
      else
        await engine.failTask(taskToken, { error: answer.error, cause: `rehearsed failure of ${workflow}` });
    });
    return Promise.resolve(null);
  }

  /** Does something later, also when the engine has died meanwhile. */
  #at(at: number, work: () => Promise<void>): void {
    const { clock, note, onDefect } = this.#options;
    const refused = (error: unknown): void => {
      // Nobody is asked any more.
      const isTooLate = error instanceof StepwrightError && ['conflict', 'not-found'].includes(error.kind);
      if (isTooLate) note(`is too late: ${error.message}`);
      else onDefect(error);
    };
    clock.setTimer(at, () => void work().catch(refused));
  }

  /** The first answer of a kind that fits, and has not been given as often as it may. */
  #find<Kind extends keyof Answers>(
    kind: Kind,
    fits: (one: NonNullable<Answers[Kind]>[number]) => boolean,
  ): NonNullable<Answers[Kind]>[number] | undefined {
    for (const answers of this.#options.answers) {
      for (const one of answers[kind] ?? []) {
        const used = this.#used.get(one) ?? 0;
        const times = 'times' in one ? (one.times ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
        if (used >= times || !fits(one)) continue;
        this.#used.set(one, used + 1);
        return one;
      }
    }
    return undefined;
  }
}
