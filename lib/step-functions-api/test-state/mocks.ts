import type { Json } from '#core/json.ts';
import { isJsonObject } from '#core/json.ts';

/** The token by which a mocked task calls its mock; the engine must have {@link TestMocks.call} under it. */
export const MOCK_FUNCTION = 'StepwrightTestState';

/** The function's ARN, as the engine makes it of the token. */
export const MOCK_FUNCTION_ARN = `arn:aws:lambda:local:000000000000:function:${MOCK_FUNCTION}`;

/** Results that mocked tasks of `TestState` are to give, while the test runs. */
export class TestMocks {
  readonly #results = new Map<string, Json>();

  /** Keeps a result under an id, until it is disposed of. */
  add(id: string, result: Json): Disposable {
    this.#results.set(id, result);
    return { [Symbol.dispose]: () => this.#results.delete(id) };
  }

  /** What the task of a test calls: gives the result that its argument `mock` names. */
  readonly call = async (payload: Json): Promise<Json> => {
    const id = isJsonObject(payload) ? payload['mock'] : undefined;
    const result = typeof id === 'string' ? this.#results.get(id) : undefined;
    if (result === undefined) throw new Error('the test that this task belongs to is over');
    return result;
  };
}
