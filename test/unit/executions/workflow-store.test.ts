import { expect, test } from 'vitest';
import { type PublishPorts, publishWorkflow } from '#executions/workflow-store.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const BEFORE = compileText('steps: [{ id: a, set: { x: 1 } }]');
/** What another release, or another catalogue, makes of the same text. */
const AFTER = { ...BEFORE, definition: { ...BEFORE.definition, Comment: 'made by another release' } };
const TEXT = 'the text';

async function published(
  engine: 'here' | 'elsewhere',
  text: string,
): Promise<{ readonly isNew: boolean; readonly isKept: boolean }> {
  using world = await World.create();
  const ports: PublishPorts = engine === 'here' ? world.ports : { ...world.ports, engine: undefined };
  await publishWorkflow(ports, BEFORE, TEXT);
  const { version, isNew } = await publishWorkflow(ports, AFTER, text);
  return { isNew, isKept: JSON.stringify(version.compiled) === JSON.stringify(BEFORE) };
}

test('the same text keeps the machine that it was published with, whatever would be made of it now', async () => {
  expect(await published('here', TEXT)).toEqual({ isNew: false, isKept: true });
});

test.each([
  ['another text', 'here', 'another text'],
  ['the same text whose machine somebody else deploys', 'elsewhere', TEXT],
] as const)('another machine of %s is refused', async (_what, engine, text) => {
  await expect(published(engine, text)).rejects.toMatchObject({ code: 'SW4021' });
});
