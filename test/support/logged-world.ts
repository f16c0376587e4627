import { createApi } from '#api/api.ts';
import { publishDecisionText } from '#api/decisions.ts';
import type { Json } from '#core/json.ts';
import { type ApiCalls, apiCalls } from './api-calls.ts';
import { OBEDIENT, World } from './world.ts';

/** A decision about waves: the first rule for few devices, the second for many. */
export function wavePolicy(version: string, { percent = 5, more = '' } = {}): string {
  return `stepwright: 1
decision: wave-policy
version: ${version}
inputs:
  devices: { type: integer }
  site: { type: string, default: berlin }
  owner: { type: string, default: nobody, personal: true }
outputs: { percent: { type: number } }
${more}
table:
  hit: first
  rules:
    - { when: { devices: "<= 5" }, give: { percent: 100 } }
    - { when: { devices: "> 5" }, give: { percent: ${percent} } }
    - { when: { devices: "> 1000" }, give: { percent: 1 } }
`;
}

/** Its step, and a command that goes wrong where the percentage is not what `good` says. */
export const ROLLOUT = `steps:
  - { id: policy, decide: { decision: wave-policy, version: "1.0.0", input: { devices: "{% $input.devices %}", owner: "{% $input.owner ? $input.owner : 'ada' %}" } } }
  - { id: flash, command: flash, device: pump-1, with: { percent: "{% $policy.percent %}" } }
`;

/** A world with a decision that is logged, and its API. */
export interface LoggedWorld {
  readonly world: World;
  readonly api: ApiCalls;
  publish(text: string): Promise<void>;
  /** Runs the rollout once for each input, one after the other, a minute apart. */
  runAll(inputs: readonly Json[]): Promise<void>;
}

/** Makes one; flashing fails by more than `most` percent at a time. */
export async function loggedWorld(most = 100): Promise<LoggedWorld> {
  const world = await World.create({
    devices: [{ id: 'pump-1' }],
    behave: (device, message) =>
      Number(message.with['percent']) > most
        ? { status: 'FAILED', error: 'Device.Failed', cause: 'too much at once' }
        : OBEDIENT(device, message),
  });
  const publish = async (text: string): Promise<void> => {
    await publishDecisionText(world.ports, text);
  };
  return {
    world,
    api: apiCalls(createApi({ ports: world.ports, version: '1.2.3' })),
    publish,
    runAll: async (inputs) => {
      for (const input of inputs) {
        await world.run(ROLLOUT, input);
        await world.quiet();
        await world.clock.advance(60_000);
      }
    },
  };
}
