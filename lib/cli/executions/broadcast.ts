import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import { callApi } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { countWords } from './print-words.ts';

/** What `stepwright executions broadcast` was called with. */
export interface BroadcastArguments extends ServerArguments {
  readonly name: string;
  readonly payload?: string;
  readonly id?: string;
  readonly keep?: string;
}

const ToldSchema = z.object({ taken: z.number(), repeated: z.boolean().optional() });

/** `stepwright executions broadcast`: tells every execution that waits for it of an event. */
export async function broadcastCommand(args: BroadcastArguments, terminal: Terminal): Promise<ExitCode> {
  const { name, id, keep } = args;
  const body: JsonObject = {
    ...{ name, data: await readInput(args.payload, '--payload') },
    ...(id === undefined ? {} : { id }),
    ...(keep === undefined ? {} : { keep }),
  };
  const call = { method: 'POST', path: ['events'], body, answer: ToldSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) printJson(terminal, document);
  else if (document.repeated === true) terminal.print(`"${name}" was told before, and nothing is done`);
  else terminal.print(`"${name}" was taken by ${countWords(document.taken, 'step')}`);
  return 0;
}
