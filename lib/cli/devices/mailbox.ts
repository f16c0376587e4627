import { MailboxSchema } from '#api/routes/mailboxes.ts';
import { callApi } from '../api-client.ts';
import { secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import type { CommandDocument } from './command-calls.ts';

/** `stepwright devices mailbox`: what a device has to do. */
export async function mailboxCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const call = { method: 'GET', path: ['devices', id, 'mailbox'], answer: MailboxSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) {
    printJson(terminal, document);
    return 0;
  }
  const { device, status, inFlight, waiting } = document;
  const commands = [...(inFlight === undefined ? [] : [inFlight]), ...waiting];
  const nothing = commands.length === 0 ? ', and has nothing to do' : '';
  const lines = commands.length === 0 ? [] : tableLines(commands, COLUMNS, tableStyle(terminal));
  terminal.print([`${device} is ${status}${nothing}`, ...lines].join('\n'));
  return 0;
}

const COLUMNS: readonly Column<CommandDocument>[] = [
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'COMMAND', text: ({ command }) => command },
  { title: 'QUEUED', text: ({ queuedAt }) => secondOf(queuedAt) },
  { title: 'SENT', text: ({ sentAt }) => (sentAt === undefined ? '' : secondOf(sentAt)) },
  { title: 'ID', text: ({ id }) => id, isKept: true },
];
