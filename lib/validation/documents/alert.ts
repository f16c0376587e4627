import type { Diagnostic } from '#core/diagnostic.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { Source } from '#definition/source.ts';
import { Report } from '../report.ts';
import { checkTimes, checkWatched } from './alert-watched.ts';
import { checkExpressions, checkWhere } from './expressions.ts';
import { checkKnown, checkNames, checkUnique } from './known-names.ts';
import { checkFallbacks } from './receivers.ts';

/** What is wrong with a file of alerts that has its shape. */
export function checkAlerts(file: AlertFile, source: Source): readonly Diagnostic[] {
  const report = new Report(source);
  checkRules(file, report);
  checkReceivers(file, report);
  checkRoutes(file, report);
  checkTimes(file, report);
  return report.diagnostics;
}

function checkRules({ rules }: AlertFile, report: Report): void {
  checkUnique(
    rules.map(({ id }, at) => ({ name: id, path: ['rules', at, 'id'] })),
    'alert',
    report,
  );
  for (const [at, { id, where, when, message, inhibitedBy }] of rules.entries()) {
    checkWatched(when, ['rules', at, 'when'], report);
    checkWhere(where, ['rules', at, 'where'], report);
    checkExpressions(message, ['rules', at, 'message'], { names: { alert: undefined }, report });
    const others = rules.map((rule) => rule.id).filter((other) => other !== id);
    checkNames(inhibitedBy, ['rules', at, 'inhibitedBy'], { kind: 'other alert', names: others, report });
  }
}

/** Receivers and rotations are named in the same places. */
function checkReceivers(
  { receivers = {}, rotations = {}, escalations = {} }: AlertFile,
  report: Report,
): void {
  const known = Object.keys(receivers);
  checkUnique(
    [
      ...known.map((name) => ({ name, path: ['receivers', name] })),
      ...Object.keys(rotations).map((name) => ({ name, path: ['rotations', name] })),
    ],
    'receiver',
    report,
  );
  for (const [name, { receivers: shifts }] of Object.entries(rotations)) {
    checkNames(shifts, ['rotations', name, 'receivers'], { kind: 'receiver', names: known, report });
  }
  checkFallbacks(receivers, report);
  const told = { kind: 'receiver or rotation', names: [...known, ...Object.keys(rotations)], report };
  for (const [name, { levels }] of Object.entries(escalations)) {
    for (const [at, { to }] of levels.entries())
      checkNames(to, ['escalations', name, 'levels', at, 'to'], told);
  }
}

function checkRoutes(file: AlertFile, report: Report): void {
  const { rules, receivers = {}, rotations = {}, escalations = {}, routes = [], silences = [] } = file;
  const alerts = { kind: 'alert', names: rules.map(({ id }) => id), report };
  const told = { kind: 'receiver or rotation', names: Object.keys({ ...receivers, ...rotations }), report };
  const escalation = { kind: 'escalation', names: Object.keys(escalations), report };
  for (const [at, { match, to, escalate }] of routes.entries()) {
    checkNames(match?.alert, ['routes', at, 'match', 'alert'], alerts);
    checkNames(to, ['routes', at, 'to'], told);
    checkKnown(escalate, ['routes', at, 'escalate'], escalation);
  }
  for (const [at, { match }] of silences.entries()) {
    checkNames(match.alert, ['silences', at, 'match', 'alert'], alerts);
  }
  checkReached(routes, report);
}

/** After a route that every alert takes at any time, no other is looked at. */
function checkReached(routes: NonNullable<AlertFile['routes']>, report: Report): void {
  const last = routes.findIndex(
    ({ match = {}, during, continue: goesOn = false }) =>
      Object.keys(match).length === 0 && during === undefined && !goesOn,
  );
  if (last < 0 || last === routes.length - 1) return;
  report.at(['routes', last + 1], {
    code: 'SW1503',
    message: 'this route is never taken: the one before it takes every alert',
    hint: 'put it before that one, or say `continue: true` there',
  });
}
