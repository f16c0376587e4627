import { StepwrightError } from '#core/error.ts';
import { fetchAlert, sendAnswer } from '../alerts/alert-calls.ts';
import type { Server } from '../api-client.ts';
import { fetchExecution, operate } from '../executions/execution-calls.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { Paint } from '../terminal.ts';
import { serverTime } from './picture.ts';
import { rowsOf } from './rows.ts';
import { Screen } from './screen.ts';
import { TopSource } from './source.ts';
import type { TopState } from './top-state.ts';
import type { Tty } from './tty.ts';
import { type Effect, FIRST_UI, type Key, pressKey, type Ui } from './ui.ts';
import { type LookedUp, overlayLines } from './view/overlay-lines.ts';
import { pictureLines } from './view/picture-lines.ts';

/** From one frame to the next, in ms. */
const FRAME_MS = 250;
const LOOK_UP_MS = 1_000;
const GAUGES_MS = 5_000;
const REFRESH_MS = 60_000;

/** What a session works with. */
export interface SessionOptions {
  readonly server: Server;
  readonly tty: Tty;
  readonly paint: Paint;
  readonly operator: OperatorArguments;
}

/** The live picture, until the user ends it. Throws what ends it else, with the terminal as it was. */
export async function runSession(options: SessionOptions): Promise<void> {
  const source = new TopSource(options.server);
  await source.begin();
  await using session = new Session(options, source);
  await session.run();
}

class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #source: TopSource;
  readonly #screen: Screen;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #stopListening: () => void;
  #ui: Ui = FIRST_UI;
  /** What is shown while the picture is held. */
  #held: { readonly state: TopState; readonly now: number } | undefined;
  #lookedUp: LookedUp = {};
  #running: readonly string[] = [];

  constructor(options: SessionOptions, source: TopSource) {
    this.#options = options;
    this.#source = source;
    this.#screen = new Screen(options.tty);
    this.#screen.open();
    try {
      this.#stopListening = options.tty.listen({
        onKey: (key) => this.#guard(() => this.#press(key)),
        onResize: () => this.#guard(() => this.#draw()),
        onEnd: () => this.#ended.resolve(),
      });
    } catch (error) {
      this.#screen.close();
      throw error;
    }
  }

  async run(): Promise<void> {
    const every = (ms: number, work: () => Promise<void>): void => {
      this.#timers.push(setInterval(() => this.#try(work), ms));
    };
    this.#timers.push(setInterval(() => this.#guard(() => this.#draw()), FRAME_MS));
    every(LOOK_UP_MS, () => this.#lookUp());
    every(GAUGES_MS, () => this.#source.refreshGauges());
    every(REFRESH_MS, () => this.#source.refresh());
    this.#draw();
    await Promise.race([this.#source.follow(this.#stop.signal), this.#ended.promise]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stop.abort();
    try {
      this.#stopListening();
    } finally {
      this.#screen.close();
    }
  }

  /** What fails at a key or a frame ends the session; thrown out of there, it would end the process, and leave the terminal as it is. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ended.reject(error);
    }
  }

  /** What is asked meanwhile may fail while a server is away: the connection tells of that. */
  #try(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (error instanceof StepwrightError && error.kind !== 'unauthorized') return;
      this.#ended.reject(error);
    });
  }

  async #lookUp(): Promise<void> {
    const { overlay } = this.#ui;
    if (overlay?.kind === 'execution' && this.#lookedUp.execution?.endedAt === undefined)
      await this.#lookUpOverlay('execution', overlay.id);
    else if (this.#held === undefined) await this.#source.lookUp(this.#running);
  }

  async #lookUpOverlay(what: 'execution' | 'alert', id: string): Promise<void> {
    const { server } = this.#options;
    this.#lookedUp =
      what === 'execution'
        ? { execution: await fetchExecution(server, id) }
        : { alert: await fetchAlert(server, id) };
    this.#draw();
  }

  #shown(): { readonly state: TopState; readonly now: number } {
    if (this.#held !== undefined) return this.#held;
    const { state } = this.#source;
    return { state, now: serverTime(state, Date.now()) };
  }

  #draw(): void {
    const { tty, paint } = this.#options;
    const { state, now } = this.#shown();
    const style = { paint, columns: tty.columns, rows: tty.rows, now };
    if (this.#ui.overlay !== undefined) {
      const time = serverTime(state, Date.now());
      this.#screen.draw(overlayLines(this.#ui, this.#lookedUp, { ...style, now: time }));
      return;
    }
    const rows = rowsOf(state, this.#ui, now);
    const frame = pictureLines({ state, ui: this.#ui, rows }, style);
    this.#running = frame.running;
    this.#screen.draw(frame.lines);
  }

  #press(key: Key): void {
    const shown = this.#shown();
    const { ui, effect } = pressKey(this.#ui, key, rowsOf(shown.state, this.#ui, shown.now));
    if (ui.isPaused !== this.#ui.isPaused) this.#held = ui.isPaused ? shown : undefined;
    this.#ui = ui;
    if (effect !== undefined) this.#do(effect);
    this.#draw();
  }

  #do(effect: Effect): void {
    if (effect.kind === 'quit') {
      this.#ended.resolve();
      return;
    }
    this.#carryOut(effect).catch((error: unknown) => {
      if (error instanceof StepwrightError) this.#say(`${error.code}: ${error.message}`);
      else this.#ended.reject(error);
    });
  }

  async #carryOut(effect: Exclude<Effect, { readonly kind: 'quit' }>): Promise<void> {
    const { server, operator } = this.#options;
    switch (effect.kind) {
      case 'refresh':
        await this.#source.refresh();
        return this.#say('this is how things stand');
      case 'look up':
        this.#lookedUp = {};
        return this.#lookUpOverlay(effect.what, effect.id);
      case 'acknowledge': {
        const alert = await sendAnswer(server, { id: effect.id, verb: 'acknowledge' }, operatorOf(operator));
        this.#lookedUp = { alert };
        return this.#say(`acknowledged: ${alert.title}`);
      }
      case 'stop': {
        const { status } = await operate(server, { id: effect.id, verb: 'stop' }, operatorOf(operator));
        const isLate = status !== 'RUNNING' && status !== 'ROLLING_BACK' && status !== 'STOPPED';
        return this.#say(isLate ? `it has ended already: ${status}` : `${effect.id} is being stopped`);
      }
    }
  }

  #say(said: string): void {
    this.#ui = { ...this.#ui, said };
    this.#draw();
  }
}
