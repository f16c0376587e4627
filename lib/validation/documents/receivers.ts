import type { Diagnostic } from '#core/diagnostic.ts';
import { LINK_TOPIC, type NotificationSettings } from '#definition/notifications.ts';
import type { NamedReceiver } from '#definition/receiver.ts';
import type { Source } from '#definition/source.ts';
import { Report } from '../report.ts';
import { checkKnown, checkNames } from './known-names.ts';

/** What is wrong with the receivers and routes in the file of a project. */
export function checkProjectNotifications(
  settings: NotificationSettings | undefined,
  source: Source,
): readonly Diagnostic[] {
  const { receivers = {}, routes = [] } = settings ?? {};
  const report = new Report(source);
  checkFallbacks(receivers, report);
  const known = { kind: 'receiver', names: Object.keys(receivers), report };
  for (const [at, { topics = [], people, to }] of routes.entries()) {
    checkNames(to, ['notifications', at, 'to'], known);
    const link = people === undefined ? topics.indexOf(LINK_TOPIC) : -1;
    if (link >= 0) {
      report.at(['notifications', at, 'topics', link], {
        code: 'SW1424',
        message: `"${LINK_TOPIC}" is told to each person by themselves, and this route names nobody`,
        hint: 'say whose it is by "people"; whoever reads the link of somebody can answer for them',
      });
    }
  }
  return report.diagnostics;
}

/** Tells of fallbacks that no receiver of the file is, and of those that lead back to where they began. */
export function checkFallbacks(receivers: Readonly<Record<string, NamedReceiver>>, report: Report): void {
  const known = { kind: 'receiver', names: Object.keys(receivers), report };
  for (const [name, { fallback }] of Object.entries(receivers)) {
    const path = ['receivers', name, 'fallback'];
    checkKnown(fallback, path, known);
    const way = wayFrom(name, receivers);
    if (way.length === 1 || way.at(-1) !== name) continue;
    report.at(path, {
      code: 'SW1423',
      message: `fallbacks lead back to where they began: ${way.join(' → ')}`,
      hint: 'the last of them has none',
    });
  }
}

/** Names on the way along fallbacks, until it ends or comes to one that it has come to before. */
function wayFrom(name: string, receivers: Readonly<Record<string, NamedReceiver>>): readonly string[] {
  const way = [name];
  for (;;) {
    const next = receivers[way.at(-1) ?? name]?.fallback;
    if (next === undefined) return way;
    if (way.includes(next)) return [...way, next];
    way.push(next);
  }
}
