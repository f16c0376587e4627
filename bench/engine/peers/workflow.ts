import { stringify } from 'yaml';
import { z } from 'zod';
import { compileWorkflow } from '#compiler/compile.ts';
import type { JsonObject } from '#core/json.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { Machine } from '#engine/engine.ts';
import { validateWorkflow } from '#validation/validate.ts';
import { BenchEngine } from '../embedded.ts';
import { BRANCHES, branchWork, CountSchema, increment, type Peer } from '../peer.ts';

/**
 * Workflows in YAML, compiled as a user's are: each step is a command, whose Task waits for its token, with a timeout, the
 * arguments from expressions, and its result in a variable. The function answers the token at once, in the place of a
 * device; commands over a real broker are measured by `npm run bench`.
 */
export async function start(folder: string): Promise<Peer> {
  const bench: BenchEngine = new BenchEngine(folder, {
    functions: { CommandFunctionArn: (payload) => answer(bench, payload) },
  });
  const chains = { 5: chainWorkflow(5), 100: chainWorkflow(100) };
  const branches = branchesWorkflow();
  await bench.deploy(chains[5], chains[100], branches);
  return {
    describe: 'the same engine; workflows in YAML, as the compiler gives them, each step a command',
    chain: async (steps) => CountSchema.parse(await bench.run(chains[steps], { n: 0 })).n,
    branches: async () =>
      Object.keys(z.record(z.string(), z.literal(1)).parse(await bench.run(branches, {}))).length,
    stop: async () => bench.close(),
  };
}

const PayloadSchema = z.object({
  taskToken: z.string(),
  command: z.enum(['increment', 'work']),
  with: CountSchema.partial().optional(),
});

async function answer({ engine }: BenchEngine, payload: Parameters<EngineFunction>[0]): Promise<null> {
  const { taskToken, command, with: { n = 0 } = {} } = PayloadSchema.parse(payload);
  void (command === 'work' ? branchWork() : increment(n).then((result) => ({ ...result }))).then((result) =>
    engine.succeedTask(taskToken, result),
  );
  return null;
}

function chainWorkflow(steps: number): Machine {
  const step = (at: number): JsonObject => ({
    id: `s${at}`,
    command: 'increment',
    device: 'device-1',
    with: { n: at === 1 ? '{% $input.n %}' : `{% $s${at - 1}.n %}` },
  });
  return compiled({
    name: `workflow-${steps}`,
    input: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } },
    steps: Array.from({ length: steps }, (_, index) => step(index + 1)),
    output: `{% $s${steps} %}`,
  });
}

function branchesWorkflow(): Machine {
  const branch = (at: number): [string, JsonObject[]] => [
    `b${at}`,
    [{ id: `w${at}`, command: 'work', device: `device-${at}` }],
  ];
  return compiled({
    name: 'workflow-branches',
    steps: [
      { id: 'all', parallel: Object.fromEntries(Array.from({ length: BRANCHES }, (_, at) => branch(at))) },
    ],
    output: '{% $all %}',
  });
}

function compiled(workflow: JsonObject & { readonly name: string }): Machine {
  const text = stringify({ stepwright: 1, version: '1.0.0', ...workflow });
  const { workflow: valid, diagnostics } = validateWorkflow(Source.parse('bench.yaml', text), NO_PROJECT);
  if (valid === undefined) throw new Error(diagnostics[0]?.message);
  return { name: workflow.name, definition: compileWorkflow(valid).definition };
}
