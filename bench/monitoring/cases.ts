/** The workflows of the benchmark. */
export const CASES = [
  workflow(
    'commands',
    'five commands, each to a device over MQTT',
    (at) => `{ id: step${at}, command: ping, device: "{% $input.device %}" }`,
  ),
  workflow('sets', 'five steps that only set', (at) => `{ id: step${at}, set: { x: ${at} } }`),
];

function workflow(name: string, title: string, step: (at: number) => string) {
  const steps = [1, 2, 3, 4, 5].map((at) => `  - ${step(at)}`).join('\n');
  return { name, title, text: `stepwright: 1\nname: ${name}\nversion: 1.0.0\nsteps:\n${steps}\n` };
}
