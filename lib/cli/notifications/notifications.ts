import { sleep, systemClock } from '#core/clock.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import {
  type DeliveryDocument,
  fetchDeliveries,
  fetchNotification,
  fetchNotifications,
  sendRetry,
  sendTest,
  type WholeNotification,
} from './notification-calls.ts';
import { deliveryListLines, errorLines, notificationLines, wholeLines } from './print-notifications.ts';

/** What `stepwright notifications list` was called with. */
export interface ListArguments extends ServerArguments {
  readonly day?: string;
  readonly failed?: boolean;
  readonly pending?: boolean;
}

/** `stepwright notifications list`: what was told on a day, or the deliveries that have not arrived. */
export async function listCommand(args: ListArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  if (args.failed === true) return listDeliveries(await fetchDeliveries(server, 'FAILED'), terminal);
  if (args.pending === true) return listDeliveries(await fetchDeliveries(server, 'PENDING'), terminal);
  const notifications = await fetchNotifications(server, args.day);
  if (terminal.json) printJson(terminal, { notifications });
  else if (notifications.length === 0) terminal.print('nobody was told of anything on this day');
  else for (const line of notificationLines(notifications, terminal)) terminal.print(line);
  return 0;
}

function listDeliveries(deliveries: readonly DeliveryDocument[], terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, { deliveries });
  else if (deliveries.length === 0) terminal.print('there are none');
  else for (const line of deliveryListLines(deliveries, terminal)) terminal.print(line);
  return 0;
}

/** `stepwright notifications show`: a notification, and what has become of it at each receiver. */
export async function showCommand(
  { id, ...args }: ServerArguments & { readonly id: string },
  terminal: Terminal,
): Promise<ExitCode> {
  return tell(await fetchNotification(findServer(args, process.env), id), terminal);
}

/** What `stepwright notifications retry` was called with. */
export interface RetryArguments extends ServerArguments {
  readonly id: string;
  readonly receiver?: string;
}

/** `stepwright notifications retry`: sends it again to those that it has not arrived at. */
export async function retryCommand(
  { id, receiver, ...args }: RetryArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  return tell(await sendRetry(findServer(args, process.env), id, receiver), terminal);
}

/** How often it is looked whether a test has arrived, and how long, in ms. */
const LOOK_MS = 200;
const LONGEST_MS = 60_000;

/** `stepwright notifications test`: sends a message, and waits for what comes of it. */
export async function testCommand(
  { receiver, ...args }: ServerArguments & { readonly receiver: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const id = await sendTest(server, receiver);
  const until = systemClock.now() + LONGEST_MS;
  let [delivery] = (await fetchNotification(server, id)).deliveries;
  while (delivery?.status === 'PENDING' && systemClock.now() < until) {
    await sleep(systemClock, LOOK_MS);
    [delivery] = (await fetchNotification(server, id)).deliveries;
  }
  const isTaken = delivery?.status === 'DELIVERED';
  if (terminal.json) printJson(terminal, { notificationId: id, ...(delivery && { delivery }) });
  else if (isTaken) terminal.print(`${receiver} has taken it`);
  else terminal.print([`${receiver} has not taken it`, ...errorLines(delivery, terminal)].join('\n'));
  return isTaken ? 0 : 1;
}

function tell(notification: WholeNotification, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, notification);
  else for (const line of wholeLines(notification, terminal)) terminal.print(line);
  return 0;
}
