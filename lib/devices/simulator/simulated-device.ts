import { type Clock, sleep } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { EvaluationError, type EvaluationScope } from '#expression/evaluate.ts';
import type { AnswerMessage, CommandMessage } from '../messages.ts';
import { CommandFailure, type Execution } from '../sdk/command-server.ts';
import type { DeviceDescription, Line } from '../sdk/device.ts';
import type { CommandBehaviour } from './behaviour.ts';
import type { FleetDevice } from './read-fleet.ts';
import { fillTemplate } from './template.ts';

/** A command that a device has really carried out; a line of the log. */
export interface ExecutedCommand {
  readonly device: string;
  readonly commandId: string;
  readonly command: string;
  /** By the device's own clock, ISO 8601. */
  readonly at: string;
}

/** What a simulated device needs of its surroundings. */
export interface SimulatedDeviceOptions {
  readonly device: FleetDevice;
  readonly clock: Clock;
  /** The device's own stream: what one device draws does not depend on others. */
  readonly random: Random;
  onExecuted(command: ExecutedCommand): void;
}

/** A device that does as its behaviour says. */
export class SimulatedDevice {
  readonly #options: SimulatedDeviceOptions;
  #reported: JsonObject;
  #isBricked = false;

  constructor(options: SimulatedDeviceOptions) {
    this.#options = options;
    this.#reported = options.device.reported;
  }

  /** Who it is, and its state as it is now. */
  describe(): DeviceDescription {
    const { type, zone, capabilities, tags } = this.#options.device;
    return { type, zone, capabilities, tags, reported: this.#reported };
  }

  /** Carries a command out. Throws {@link CommandFailure}. */
  async execute(message: CommandMessage): Promise<Execution> {
    const { device, clock, random, onExecuted } = this.#options;
    const { commands, otherwise, brick, clockSkewMs } = device.behaviour;
    const behaviour = commands.get(message.command) ?? otherwise;
    const { minMs, maxMs } = behaviour.latency;
    await sleep(clock, minMs + random() * (maxMs - minMs));
    const at = new Date(clock.now() + clockSkewMs).toISOString();
    onExecuted({ device: device.id, commandId: message.id, command: message.command, at });
    if (happens(brick, random)) this.#isBricked = true;
    if (happens(behaviour.fail, random)) {
      throw new CommandFailure(behaviour.error, `simulated failure of ${message.command}`);
    }
    return this.#succeed(message, behaviour);
  }

  /** Sends an answer as a bad line does: not at all, twice, in the wrong order, or with its last breath. */
  transmit(answer: AnswerMessage, line: Line): void {
    const { device, random } = this.#options;
    const { lose, duplicate, reorder, flap } = device.behaviour;
    if (this.#isBricked) return;
    if (!happens(lose, random)) {
      line.send(answer);
      if (happens(reorder, random)) line.send({ id: answer.id, status: 'RUNNING' });
      if (happens(duplicate, random)) line.send(answer);
    }
    if (answer.status !== 'RUNNING' && happens(flap, random)) line.drop();
  }

  async #succeed({ with: args }: CommandMessage, { sets, result }: CommandBehaviour): Promise<Execution> {
    const { device, random } = this.#options;
    const fill = (template: Json): Promise<Json> => {
      const self = { id: device.id, ...this.describe() };
      return this.#fill(template, { bindings: { with: args, device: self }, random });
    };
    const changes: JsonObject = Object.fromEntries(
      await Promise.all(
        Object.entries(sets).map(async ([name, value]) => [name, await fill(value)] as const),
      ),
    );
    this.#reported = { ...this.#reported, ...changes };
    const isChanged = Object.keys(changes).length > 0;
    return { result: await fill(result), ...(isChanged ? { reported: changes } : {}) };
  }

  async #fill(template: Json, scope: EvaluationScope): Promise<Json> {
    try {
      return await fillTemplate(template, scope);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      throw new CommandFailure('Device.Failed', `the fleet file's expression failed: ${error.message}`);
    }
  }
}

function happens(chance: number, random: Random): boolean {
  return chance > 0 && random() < chance;
}
