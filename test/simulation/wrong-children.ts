import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import { CHILD } from './random-machine.ts';
import type { SimulatedDisk } from './simulated-store.ts';

/** What does not hold of the executions that others have started: each is started once, and redriven with its parent only. */
export function wrongChildren(disk: SimulatedDisk): string[] {
  const executions = disk.executions();
  const journals = executions.map(({ id }) => disk.journal(id));
  const asked = journals.flat().filter(startsChild).length;
  const children = executions.filter(({ ref }) => ref.machine === CHILD).length;
  const runs = new Map(journals.flatMap(mapRuns));
  const tooOften = executions.filter(({ id, ref }) => {
    const most = ref.machine.includes('/') ? (runs.get(mapRunOf(ref.name)) ?? 0) : Number.POSITIVE_INFINITY;
    return disk.control(id).redrives.length > most;
  });
  return [
    ...(children > asked ? [`${asked} tasks have started ${children} children`] : []),
    ...tooOften.map(({ ref }) => `${ref.name} of ${ref.machine} was redriven more often than its parent`),
  ];
}

function startsChild({ type, details }: JournalEvent): boolean {
  return type === 'TaskScheduled' && details['resourceType'] === 'states';
}

/** Each Map Run of an execution, and how often the execution was redriven since it began. */
function mapRuns(journal: readonly JournalEvent[]): [string, number][] {
  return journal
    .filter(({ type }) => type === 'MapRunStarted')
    .toReversed()
    .map(({ id, details }) => [
      String(details['mapRunArn']).replace(/^.*:/, ''),
      journal.filter((event) => event.type === 'ExecutionRedriven' && event.id > id).length,
    ]);
}

/** The Map Run that names a child, `<map run>-<place>`. */
function mapRunOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'));
}
