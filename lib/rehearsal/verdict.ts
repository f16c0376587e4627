import { holdsOf } from '#concurrency/hold.ts';
import { listPools } from '#concurrency/pool.ts';
import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { type Command, OPEN } from '#devices/command.ts';
import { findCommand } from '#devices/command-store.ts';
import { slotHolder } from '#devices/mailbox.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { isLeftBehind } from '#executions/saga.ts';
import { deviceKeys, poolKeys } from '#table/keys.ts';
import { readCommandId } from './command-id.ts';
import type { CarriedOut } from './device-line.ts';
import type { RehearsalWorld } from './world.ts';

/** What a promise is about that did not hold. */
export const PROMISES = ['executed twice', 'lease leaked', 'undo missed', 'never ended', 'defect'] as const;

/** A promise that did not hold. */
export interface Violation {
  readonly promise: (typeof PROMISES)[number];
  readonly text: string;
}

/** What there is of a run to judge. */
export interface Ran {
  readonly view: ExecutionView;
  readonly commands: readonly Command[];
  readonly carriedOut: readonly CarriedOut[];
  readonly hasEnded: boolean;
  /** What devices really were before, and are in the end, by id. */
  readonly before: ReadonlyMap<string, JsonObject>;
  readonly after: ReadonlyMap<string, JsonObject>;
}

/** Every promise that did not hold in a run that is over. */
export async function violationsOf(world: RehearsalWorld, ran: Ran): Promise<readonly Violation[]> {
  return [
    ...executedTwice(ran),
    ...undoMissed(ran),
    ...(ran.hasEnded ? await leaked(world) : [neverEnded(ran)]),
    ...world.defects.map((error): Violation => ({ promise: 'defect', text: wordsOf(error) })),
  ];
}

function executedTwice({ carriedOut }: Ran): Violation[] {
  const byCommand = Map.groupBy(carriedOut, ({ device, id }) => `${device} ${id}`);
  return [...byCommand.values()].flatMap((runs) => {
    const [{ device = '', command = '', id = '' } = {}] = runs;
    const text = `${device} carried ${command} out ${runs.length} times (${id})`;
    return runs.length > 1 ? [{ promise: 'executed twice' as const, text }] : [];
  });
}

/**
 * Who says ROLLED_BACK says that no device has kept anything that can be undone. Of two tries that were both carried out, the undo
 * of one puts back what the other did, too: then the device is as it was.
 */
function undoMissed(ran: Ran): Violation[] {
  if (ran.view.status !== 'ROLLED_BACK') return [];
  const known = new Map(ran.commands.map((command) => [command.id, command]));
  const done = ran.carriedOut.filter(({ changes }) => changes !== undefined);
  const undoOf = ({ id }: CarriedOut): string | undefined => known.get(id)?.undoes;
  const undone = new Set(done.map(undoOf));
  const undonePaths = new Set(done.filter((one) => undoOf(one) !== undefined).map(pathOf));
  return done.flatMap((one) => {
    const command = known.get(one.id);
    if (command?.compensate === undefined || undone.has(one.id) || isLeftBehind(command)) return [];
    if (undonePaths.has(pathOf(one)) && isAsBefore(one, ran)) return [];
    const text = `${one.device} did ${command.command} of "${pathOf(one)}", and that was not undone`;
    return [{ promise: 'undo missed' as const, text }];
  });
}

function pathOf({ id }: CarriedOut): string {
  return readCommandId(id).path;
}

function isAsBefore({ device, changes = {} }: CarriedOut, { before, after }: Ran): boolean {
  return Object.keys(changes).every(
    (field) => JSON.stringify(before.get(device)?.[field]) === JSON.stringify(after.get(device)?.[field]),
  );
}

/** Nothing that an execution held is held when it is over: units of pools, slots of devices, places in line. */
async function leaked(world: RehearsalWorld): Promise<Violation[]> {
  return [...(await leakedUnits(world)), ...(await leakedSlots(world))];
}

async function leakedUnits({ ports: { table } }: RehearsalWorld): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { name, used } of (await listPools(table, { limit: 1_000 })).pools) {
    if (used !== 0)
      found.push({ promise: 'lease leaked', text: `${used} units of "${name}" are still held` });
    const { items } = await table.query({ partition: poolKeys.partition(name), limit: 1_000 });
    for (const { sk } of items.filter((item) => item.sk !== poolKeys.meta(name).sk)) {
      found.push({ promise: 'lease leaked', text: `${sk} is left of "${name}"` });
    }
  }
  for await (const hold of holdsOf(table, 'rehearsal')) {
    found.push({
      promise: 'lease leaked',
      text: `${hold.id} still holds ${Object.keys(hold.pools).join(', ')}`,
    });
  }
  return found;
}

async function leakedSlots({ ports, lines }: RehearsalWorld): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const device of lines.keys()) {
    const holder = await slotHolder(ports, device);
    const command = holder === undefined ? undefined : await findCommand(ports.table, holder);
    if (holder !== undefined && (command === undefined || !OPEN.includes(command.status))) {
      found.push({ promise: 'lease leaked', text: `the slot of ${device} is still held by ${holder}` });
    }
    const query = { partition: deviceKeys.partition(device), prefix: deviceKeys.mailboxPrefix };
    for (const { command: id } of (await ports.table.query(query)).items) {
      const waiting = await findCommand(ports.table, String(id));
      if (waiting !== undefined && OPEN.includes(waiting.status)) continue;
      found.push({ promise: 'lease leaked', text: `the mailbox of ${device} still has ${String(id)}` });
    }
  }
  return found;
}

function neverEnded({ view }: Ran): Violation {
  const open = view.steps.filter(({ status }) => status === 'RUNNING').map(({ path }) => path);
  const where = open.length === 0 ? 'no step runs' : `it waits in ${open.slice(0, 5).join(', ')}`;
  return { promise: 'never ended', text: `the execution is ${view.status} for ever: ${where}` };
}

function wordsOf(error: unknown): string {
  if (error instanceof StepwrightError) return `${error.code} ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
