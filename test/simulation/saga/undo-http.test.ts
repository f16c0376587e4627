import { expect, test } from 'vitest';
import type { Answers } from '#definition/rehearsal/answers.ts';
import { NO_FAULTS } from '#rehearsal/faults.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { smallWorld } from '../../unit/rehearsal/small-world.ts';

const STEPS = `
  - id: book
    http: { method: POST, url: https://booking.example.com/slots }
    timeout: 5s
    compensate: { http: { method: DELETE, url: https://booking.example.com/slots/mine } }
  - { id: late, fail: { error: Plan.Full } }`;

const FAULTS = { ...NO_FAULTS, throttle: 0.05, handlerFails: 0.1, handlerHangs: 0.03, crash: 0.02 };

/** Half of the time the service says nothing to the call. */
const SILENT: readonly Answers[] = [{ http: [{ method: 'POST', error: 'Http.Timeout' }] }];

const SEEDS = 150;

test('whatever breaks, hangs or dies, what a service has taken is taken back, or told', async () => {
  const endings = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const answered: string[] = [];
    const answers = seed % 2 === 0 ? [] : SILENT;
    const run = await rehearse(smallWorld(STEPS, { faults: FAULTS, answers }), seed, ({ text }) => {
      const [, method] = /^service answers (POST|DELETE) /.exec(text) ?? [];
      if (method !== undefined) answered.push(method);
    });
    endings.add(run.status);
    expect(run.violations, `seed ${seed}`).toEqual([]);
    const isThere = answered.lastIndexOf('POST') > answered.lastIndexOf('DELETE');
    if (isThere) expect(run.leftBehind, `seed ${seed}`).toMatchObject([{ service: 'booking.example.com' }]);
    if (run.status === 'ROLLED_BACK') expect(answered.at(-1), `seed ${seed}`).toBe('DELETE');
  }
  expect([...endings].sort()).toEqual(['ROLLBACK_INCOMPLETE', 'ROLLED_BACK']);
});
