import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { Engine } from './engine.ts';

/**
 * Does the work of a task and answers its token: with what the work gives, or, where it throws a {@link RuntimeError}, with
 * its name and message. Anything else that it throws is a defect, and thrown on.
 */
export async function answerTask(
  engine: Pick<Engine, 'succeedTask' | 'failTask'>,
  taskToken: string,
  work: () => Promise<Json>,
): Promise<void> {
  await failTaskOnError(engine, taskToken, async () => {
    await engine.succeedTask(taskToken, await work());
  });
}

/** Does work that answers the token of its task itself when all is well, maybe later; see {@link answerTask}. */
export async function failTaskOnError(
  engine: Pick<Engine, 'failTask'>,
  taskToken: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    await engine.failTask(taskToken, { error: error.name, cause: error.message });
  }
}
