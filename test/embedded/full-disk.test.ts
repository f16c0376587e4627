import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningCommand, startStepwright } from './command-line.ts';

const ENTRY = join(import.meta.dirname, '../../bin/stepwright.ts');
const WORKFLOW = `
stepwright: 1
name: keep
version: 1.0.0
input: { type: object }
steps:
  - { id: pause, wait: { for: 2s } }
`;

let folder = '';
let running: RunningCommand | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-full-'));
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.finished;
  rmSync(folder, { recursive: true, force: true });
});

async function call(url: string, path: string, body?: string): Promise<unknown> {
  const token = readFileSync(join(folder, 'token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const method = body === undefined ? 'GET' : 'POST';
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** A server that may write no file beyond about 6 MB: to it, that is a disk that takes no more. */
function startWithLittleRoom(): {
  readonly url: Promise<string>;
  readonly finished: Promise<{ code: unknown; stderr: string }>;
} {
  const serve = `exec "${process.execPath}" "${ENTRY}" start --data "${folder}" --port 0 --mqtt-port 0`;
  const child = spawn('bash', ['-c', `trap '' XFSZ; ulimit -f 6000; ${serve}`], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  const stderr: string[] = [];
  child.stderr.on('data', (text: Buffer) => stderr.push(String(text)));
  const url = once(child.stdout, 'data').then(([line]) => /serves (\S+)/.exec(String(line))?.[1] ?? '');
  const finished = once(child, 'close').then(([code]: unknown[]) => ({ code, stderr: stderr.join('') }));
  return { url, finished };
}

test('a server whose disk takes no more says so and ends; started again, it has all that it acknowledged', async () => {
  const server = startWithLittleRoom();
  const url = await server.url;
  await call(url, '/v1/workflows', WORKFLOW);
  const acknowledged: string[] = [];
  const input = JSON.stringify({ input: { text: 'x'.repeat(20_000) } });
  for (let fails = false; !fails; ) {
    try {
      const started = await call(url, '/v1/workflows/keep/executions', input);
      acknowledged.push(z.object({ executionId: z.string() }).parse(started).executionId);
    } catch {
      fails = true;
    }
  }
  const { code, stderr } = await server.finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error\[SW307[14]\]/m);
  expect(stderr).not.toContain('defect');
  expect(stderr).not.toContain('    at ');
  expect(acknowledged.length).toBeGreaterThan(10);

  running = startStepwright(['start', '--data', folder, '--port', '0', '--mqtt-port', '0']);
  const again = /serves (\S+)/.exec(await running.line(/^Stepwright serves /))?.[1] ?? '';
  for (const id of acknowledged) {
    const read = async () =>
      z.looseObject({ status: z.string() }).parse(await call(again, `/v1/executions/${id}`));
    await expect.poll(async () => (await read()).status, { interval: 50, timeout: 20_000 }).toBe('SUCCEEDED');
  }
}, 60_000);
