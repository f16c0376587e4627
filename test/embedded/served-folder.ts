import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Finished, type RunningCommand, startStepwright, stepwright } from './command-line.ts';

/** A folder of files with processes of `stepwright` in it, one of them a server whose data is in `data`. */
export class ServedFolder {
  readonly path: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running: RunningCommand[] = [];
  #url = '';
  #broker = '';

  /** Makes the folder. Commands run in it with `env` beside the environment of the test. */
  constructor(files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
    this.path = mkdtempSync(join(tmpdir(), 'stepwright-served-'));
    this.#env = env;
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.file(name)), { recursive: true });
      writeFileSync(this.file(name), text);
    }
  }

  /** Address of the server that was started last. */
  get url(): string {
    return this.#url;
  }

  /** Address of its broker. */
  get broker(): string {
    return this.#broker;
  }

  /** Where a file of the folder is. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Starts a command that runs until it is killed, at the latest with the folder. */
  start(...args: readonly string[]): RunningCommand {
    const command = startStepwright(args, { cwd: this.path, env: this.#env });
    this.#running.push(command);
    return command;
  }

  /** Starts a server, on a free port unless another is among the options, and waits until it serves. */
  async serve(...options: readonly string[]): Promise<RunningCommand> {
    const mqttPort = options.includes('--mqtt-port') ? [] : ['--mqtt-port', '0'];
    const server = this.start('start', '--data', 'data', '--port', '0', ...mqttPort, ...options);
    const line = await server.line(/^Stepwright serves /);
    [, this.#url = '', this.#broker = ''] = /serves (\S+) \(MQTT (\S+),/.exec(line) ?? [];
    return server;
  }

  /** Starts the simulated devices of `fleet.yaml`, which log what they do in `fleet.log`, and waits until they are connected. */
  async attachFleet(...options: readonly string[]): Promise<RunningCommand> {
    const fleet = this.start(
      'fleet',
      'fleet.yaml',
      '--broker',
      this.#broker,
      '--log',
      'fleet.log',
      ...options,
    );
    await fleet.line(/connected to/);
    return fleet;
  }

  /** Runs a verb of an operator, who is ada, against the server. */
  verb(...args: readonly string[]): Promise<Finished> {
    const env = { STEPWRIGHT_ENDPOINT: this.#url, STEPWRIGHT_USER: 'ada', ...this.#env };
    return stepwright([...args, '--data', 'data'], { cwd: this.path, env });
  }

  /** Calls the server's API with its token. An object is sent as JSON. */
  call(method: string, path: string, body?: string | object): Promise<Response> {
    const token = readFileSync(this.file('data/token'), 'utf8').trim();
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    return fetch(`${this.#url}${path}`, {
      ...{ method, headers: { authorization: `Bearer ${token}` } },
      ...(text === undefined ? {} : { body: text }),
    });
  }

  /** The document that a call is answered with; throws what the server says where it refuses. */
  async document(method: string, path: string, body?: string | object): Promise<unknown> {
    const response = await this.call(method, path, body);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Kills what runs, and removes the folder. */
  async close(): Promise<void> {
    for (const command of this.#running) await kill(command);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Kills a command as a crash would, and waits for its end. */
export async function kill({ child, finished }: RunningCommand): Promise<void> {
  child.kill('SIGKILL');
  await finished;
}
