import { RuntimeError } from '#core/error.ts';
import type { Exchange } from '#integrations/call-http.ts';

/** Lets calls that undo others fail, or their answers be lost, where that is to happen to those of a step. */
export function undoExchange(
  exchange: Exchange,
  fateOf: (path: string) => 'fails' | 'is lost' | undefined,
): Exchange {
  return async (request, sent) => {
    const isUndo = sent.headers['idempotency-key']?.includes(':undo:') === true;
    const fate = isUndo ? fateOf(request.path) : undefined;
    const { path, url } = request;
    if (fate === 'fails')
      throw new RuntimeError('Http.ServerError', `rehearsed failure of the undo of "${path}"`);
    const answer = await exchange(request, sent);
    if (fate === 'is lost') throw new RuntimeError('Http.Timeout', `rehearsed: no answer from ${url}`);
    return answer;
  };
}
