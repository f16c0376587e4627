import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { TimerDeadlines } from '#deadlines/timers.ts';
import type { NotificationSettings } from '#definition/notifications.ts';
import { environmentSecrets } from '#integrations/secrets.ts';
import type { Ways } from '#notifications/addressees.ts';
import { type DeliveryPorts, deliver } from '#notifications/deliver.ts';
import { type Delivery, deliveriesOf } from '#notifications/delivery.ts';
import type { Notification } from '#notifications/notifier.ts';
import { outboxNotifier } from '#notifications/outbox.ts';
import { recoverDeliveries } from '#notifications/recover.ts';
import { putNotificationSettings } from '#notifications/settings.ts';
import type { Table } from '#table/table.ts';
import { MemoryTable } from './memory-table.ts';

/** What a bench begins with. */
export interface BenchOptions extends Partial<Pick<DeliveryPorts, 'mailer' | 'topics' | 'makeConfidential'>> {
  /** How long a receiver may take, in ms of real time. Default: as long as others. */
  readonly timeoutMs?: number | undefined;
  /** Hosts of this machine that may be called. */
  readonly hosts?: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly ways?: Ways;
  /** What the process sees of the store. */
  readonly see?: (table: Table) => Table;
}

/** Notifications and their deliveries on a clock of their own, with receivers that are real. */
export class DeliveryBench {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly store = new MemoryTable();
  readonly defects: unknown[] = [];
  #ports: DeliveryPorts;
  readonly #options: BenchOptions;
  #underWay: Promise<unknown>[] = [];

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.#ports = this.#begin(options.see);
  }

  get ports(): DeliveryPorts {
    return this.#ports;
  }

  /** A process, in the place of the one before, of which nothing is left but what is in the store. */
  async restart(): Promise<void> {
    this.#ports = this.#begin();
    await recoverDeliveries(this.#ports);
  }

  #begin(see: BenchOptions['see'] = (table) => table): DeliveryPorts {
    const { hosts = [], secrets = {}, mailer, topics, timeoutMs } = this.#options;
    const ports: DeliveryPorts = {
      ...{ table: see(this.store), clock: this.clock, random: seededRandom(1), timeoutMs },
      ...{ secrets: environmentSecrets(secrets), allowedHosts: new Set(hosts), mailer, topics },
      makeConfidential:
        this.#options.makeConfidential ?? (async () => ({ link: 'https://s.example/answer?token=t' })),
      deadlines: new TimerDeadlines(this.clock, ({ id }) => {
        if (ports !== this.#ports) return;
        this.#underWay.push(deliver(ports, id).catch((error: unknown) => this.defects.push(error)));
      }),
    };
    return ports;
  }

  /** Says who is told of what. */
  async say(settings: Partial<NotificationSettings>): Promise<void> {
    await putNotificationSettings(this.store, { receivers: {}, routes: [], ...settings });
  }

  /** Tells of something, to the receivers of these names where there are any. */
  async send(notification: Partial<Notification> = {}): Promise<void> {
    const { ways = { mail: false, topics: false } } = this.#options;
    await outboxNotifier({ ...this.#ports, ways }).send({
      ...{ id: 'n', topic: 'plant', message: { message: 'Is it well?', zone: 'berlin' } },
      ...notification,
    });
  }

  /** Lets time go by to the next deadline, and what is tried then end. False where there is none. */
  async next(): Promise<boolean> {
    const isMore = await this.clock.advanceToNext();
    while (this.#underWay.length > 0) await Promise.all(this.#underWay.splice(0));
    return isMore;
  }

  /** Lets time go by until nothing more happens. */
  async end(): Promise<readonly Delivery[]> {
    while (await this.next());
    return this.deliveries();
  }

  /** What has become of the notification, by name of the receiver. */
  deliveries(id = 'n'): Promise<readonly Delivery[]> {
    return deliveriesOf(this.store, id);
  }
}
