import * as z from 'zod';
import { failTaskOnError } from './answer-task.ts';
import type { Engine } from './engine.ts';

const TokenSchema = z.object({ taskToken: z.string() });

/**
 * Takes the call of a task and does its work, which answers the token itself. A call that is not what its schema demands
 * fails the task with Step.InvalidArguments: some expression of the step has given a value of the wrong type.
 */
export async function serveTask<Request extends { readonly taskToken: string }>(
  engine: Pick<Engine, 'failTask'>,
  { schema, payload }: { readonly schema: z.ZodType<Request>; readonly payload: unknown },
  work: (request: Request) => Promise<void>,
): Promise<void> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return failTaskOnError(engine, parsed.data.taskToken, () => work(parsed.data));
  const { taskToken } = TokenSchema.parse(payload);
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  await engine.failTask(taskToken, { error: 'Step.InvalidArguments', cause: issues.join('; ') });
}
