/** What is measured: a workflow, so many of its executions at once, and so many devices that come or go in a second meanwhile. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** The workflow. */
  readonly text: string;
  readonly atOnce: number;
  readonly devicesPerSecond: number;
}

const FULL_LOAD = { atOnce: 50, devicesPerSecond: 0 } as const;

/** The cases of the benchmark. A `slow` command takes its device 100 to 300 ms. */
export const CASES: readonly Case[] = [
  {
    ...{ name: 'commands', title: 'five commands, each to a device over MQTT', ...FULL_LOAD },
    text: workflow('commands', (at) => `{ id: step${at}, command: ping, device: "{% $input.device %}" }`),
  },
  {
    ...{ name: 'sets', title: 'five steps that only set', ...FULL_LOAD },
    text: workflow('sets', (at) => `{ id: step${at}, set: { x: ${at} } }`),
  },
  {
    name: 'beside',
    title: 'five commands of 100 to 300 ms, twenty executions at once, beside 10,000 devices a second',
    text: workflow('beside', (at) => `{ id: step${at}, command: slow, device: "{% $input.device %}" }`),
    ...{ atOnce: 20, devicesPerSecond: 10_000 },
  },
];

function workflow(name: string, step: (at: number) => string): string {
  const steps = [1, 2, 3, 4, 5].map((at) => `  - ${step(at)}`).join('\n');
  return `stepwright: 1\nname: ${name}\nversion: 1.0.0\nsteps:\n${steps}\n`;
}
