import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { RebuildSchema } from '#api/figure-documents.ts';
import { callApi } from '../api-client.ts';
import type { PeriodArguments } from '../export/export-arguments.ts';
import { findServer } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { count } from '../text-layout.ts';

const StatusSchema = z.object({ rebuild: RebuildSchema.optional() });
const LOOK_MS = 1_000;

/** `stepwright analytics rebuild`: asks for it, and tells how far it is until it is done. Fails where a day was given up. */
export async function rebuildCommand(args: PeriodArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const path = ['analytics', 'rebuild'];
  const query = {
    ...(args.from === undefined ? {} : { from: args.from }),
    ...(args.to === undefined ? {} : { to: args.to }),
  };
  const asked = await callApi(server, { method: 'POST', path, query, answer: RebuildSchema });
  let rebuild = asked.document;
  let told = '';
  while (rebuild.next < rebuild.to) {
    if (rebuild.next !== told) terminal.note(`counting ${rebuild.next.slice(0, 10)}`);
    told = rebuild.next;
    await pause(LOOK_MS);
    rebuild =
      (await callApi(server, { method: 'GET', path, answer: StatusSchema })).document.rebuild ?? rebuild;
  }
  if (terminal.json) printJson(terminal, rebuild);
  else {
    const [from, to] = [rebuild.from.slice(0, 10), rebuild.to.slice(0, 10)];
    terminal.print(`counted ${from} to before ${to} anew from ${count(rebuild.executions, 'execution')}`);
    for (const day of rebuild.givenUp)
      terminal.print(`given up ${day.slice(0, 10)}, which takes too long: it stays as it was counted`);
  }
  return rebuild.givenUp.length === 0 ? 0 : 1;
}
