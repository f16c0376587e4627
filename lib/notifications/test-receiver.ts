import type { Clock } from '#core/clock.ts';
import { newId } from '#core/id.ts';
import type { Random } from '#core/random.ts';
import type { Table } from '#table/table.ts';
import { mailAddressee } from './addressees.ts';
import type { Notifier } from './notifier.ts';
import { findNotificationSettings, getReceiver } from './settings.ts';

/** What trying a receiver takes. */
interface TestPorts {
  readonly table: Table;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Sends a message to a receiver, or to an address by mail, once: to see whether it arrives. Throws SW4202.
 *
 * @returns the id of the notification, whose delivery tells what came of it.
 */
export async function testReceiver(ports: TestPorts, name: string): Promise<string> {
  const addressee = mailAddressee(name) ?? getReceiver(await findNotificationSettings(ports.table), name);
  const id = `test:${newId(ports.clock, ports.random)}`;
  await ports.notifier.send({
    ...{ id, topic: 'test', subject: `Test of the receiver ${name}`, isTest: true },
    message: 'This is a test. Whoever reads it is told what Stepwright sends here.',
    receivers: [[addressee]],
  });
  return id;
}
