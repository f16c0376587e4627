import { hoursEnd } from '#core/hours.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { msOf } from '../conditions/condition-of.ts';
import { type AlertRecord, isOpen } from '../records/alert-record.ts';
import type { Page, PagedAlert, Paging } from '../records/paging-record.ts';
import { type EscalationStep, escalationSteps, LEAST_REPEAT_MS } from './escalation.ts';
import { pagedAlert, worstOf } from './paged-alert.ts';
import { receiversAt } from './rotation.ts';

/** What there is to be told of. */
export interface Members {
  /** All alerts of a paging that are not over. */
  readonly alerts: readonly AlertRecord[];
  /** Which of them are not to be told of now. */
  isHeldBack(alert: AlertRecord): boolean;
}

const DEFAULT_WAIT_MS = 30_000;
/** After a page, others of its group wait at least for so long, unless they are worse. In ms. */
const LEAST_NEWS_MS = 5 * 60_000;
/** So many alerts that are held back are known by their ids: what an item of the store has room for. */
const MOST_HELD_BACK = 5_000;
const MOST_NAMED = 20;
/** Where the execution of an escalation comes to no step for so long after it was due, it is gone on with by the clock. In ms. */
const STANDS_STILL_MS = 2 * 60_000;

/**
 * What is told of alerts at a moment, and what is known of it then: the same paging where nothing is. Nobody is told again of what
 * somebody has acknowledged; others that come later are told of anew.
 */
export function nextPage(paging: Paging, file: AlertFile, members: Members, now: number): Paging {
  const open = members.alerts.filter(isOpen);
  if (open.length === 0) return closed(paging, now);
  const active = open.filter((alert) => !members.isHeldBack(alert));
  const unanswered = active.filter(({ status }) => status === 'FIRING');
  if (active.length === 0) return paging;
  if (unanswered.length === 0) return acknowledged(paging, { active, open }, now);
  if (isQuiet(paging, file, unanswered, now)) return paging;
  const fresh = unanswered.filter((alert) => isNews(paging, alert));
  const situation: Situation = { paging, file, open, unanswered, fresh, now, members };
  return fresh.length > 0 && newsDue(situation) <= now ? news(situation) : again(situation);
}

interface Situation {
  readonly paging: Paging;
  readonly file: AlertFile;
  readonly open: readonly AlertRecord[];
  readonly unanswered: readonly AlertRecord[];
  readonly fresh: readonly AlertRecord[];
  readonly members: Members;
  readonly now: number;
}

function isNews({ toldUntil = Number.NEGATIVE_INFINITY, heldBack }: Paging, alert: AlertRecord): boolean {
  return firingSince(alert) > toldUntil || heldBack.includes(alert.id);
}

function newsDue({ paging, file, fresh }: Situation): number {
  const { toldAt, worst = 'info' } = paging;
  const first = Math.min(...fresh.map(firingSince));
  const due = first + msOf(routeOf(paging, file)?.wait, DEFAULT_WAIT_MS);
  const isWorse = worstOf([...fresh, { severity: worst }]) !== worst;
  return toldAt === undefined || isWorse ? due : Math.max(due, toldAt + LEAST_NEWS_MS);
}

/**
 * Tells of alerts for the first time. Where all before them were acknowledged, their escalation begins with them; else steps of it that are
 * due now, or about to be, are done with this page.
 */
function news(situation: Situation): Paging {
  const { paging, file, now } = situation;
  const steps = stepsOf(paging, file);
  const { escalatedAt } = paging;
  if (paging.told === 0 || paging.isAcknowledged || escalatedAt === undefined) {
    const [first] = steps;
    const { reached: _ofTheOneBefore, ...rest } = paging;
    const begun = { ...rest, steps: Math.min(1, steps.length), isAcknowledged: false, escalatedAt: now };
    const escalation = routeOf(paging, file)?.escalate;
    const begins = first === undefined || escalation === undefined ? undefined : { escalation, at: now };
    return told(begun, situation, { kind: 'firing', names: first?.to ?? [], step: first, begins });
  }
  const due = steps.slice(paging.steps, dueBy(paging, steps, now + LEAST_REPEAT_MS));
  const done = paging.steps + due.length;
  const step = steps[done - 1];
  const names = [...due.flatMap(({ to }) => to), ...(step?.to ?? [])];
  return told({ ...paging, steps: done }, situation, { kind: 'firing', names, step });
}

/** Tells of alerts again that nobody has acknowledged: by the next steps of the escalation, or because it is time. */
function again(situation: Situation): Paging {
  const { paging, file, now } = situation;
  const { told: times, toldAt = now } = paging;
  if (times === 0 || paging.isAcknowledged) return paging;
  const steps = stepsOf(paging, file);
  const due = steps.slice(paging.steps, comeTo(paging, steps, now));
  const last = due.at(-1);
  if (last !== undefined) {
    // Of those that were missed while nobody could be told, all are told now, once.
    const names = due.flatMap(({ to }) => to);
    return told({ ...paging, steps: paging.steps + due.length }, situation, {
      ...{ kind: 'escalated', names, step: last },
    });
  }
  const route = routeOf(paging, file);
  const repeatMs = route?.repeat === undefined ? Infinity : Math.max(LEAST_REPEAT_MS, msOf(route.repeat));
  if (route?.to === undefined || now < toldAt + repeatMs) return paging;
  return told(paging, situation, { kind: 'repeated', names: route.to, step: undefined });
}

/** How many steps of an escalation are due by the clock. */
function dueBy(
  { escalatedAt = Number.POSITIVE_INFINITY }: Paging,
  steps: readonly EscalationStep[],
  until: number,
): number {
  return steps.filter(({ afterMs }) => escalatedAt + afterMs <= until).length;
}

/** How many steps an escalation has come to: by its execution where there is one, and that does not stand still. */
function comeTo(paging: Paging, steps: readonly EscalationStep[], now: number): number {
  const { reached } = paging;
  if (reached === undefined) return dueBy(paging, steps, now);
  return Math.max(reached, dueBy(paging, steps, now - STANDS_STILL_MS));
}

interface Telling {
  readonly kind: Page['kind'];
  readonly names: readonly string[];
  readonly step: EscalationStep | undefined;
  readonly begins?: Page['begins'] | undefined;
}

/** Every page tells of all that nobody has acknowledged, what is new first: then it is new no more. */
function told(paging: Paging, situation: Situation, { kind, names, step, begins }: Telling): Paging {
  const { file, open, unanswered, fresh, members, now } = situation;
  const forAll = fresh.length > 0 ? (routeOf(paging, file)?.to ?? []) : [];
  const to = receiversAt([...forAll, ...names], file, now);
  const isFresh = new Set(fresh);
  const known = unanswered.filter((alert) => !isFresh.has(alert));
  const subjects = [...fresh, ...known].slice(0, MOST_NAMED).map(pagedAlert);
  const heldBack = open.filter((alert) => members.isHeldBack(alert));
  const worst = worstOf([...unanswered, ...(paging.worst === undefined ? [] : [{ severity: paging.worst }])]);
  return withPage(
    {
      ...paging,
      ...{ toldAt: now, toldUntil: Math.max(...open.map(firingSince)), worst, subjects },
      heldBack: heldBack.slice(0, MOST_HELD_BACK).map(({ id }) => id),
      toldTo: [...new Set([...paging.toldTo, ...to])],
    },
    { kind, to, severity: worstOf(unanswered), count: unanswered.length, alerts: subjects, step, begins },
    now,
  );
}

function firingSince({ firedAt, foundAt }: AlertRecord): number {
  return firedAt ?? foundAt;
}

/**
 * Services that keep an incident open are told that somebody looks after it; nobody else is. What nobody has acknowledged since it is held back
 * is told of anew when it is so no more.
 */
function acknowledged(
  paging: Paging,
  { active, open }: Pick<Situation, 'open'> & { readonly active: readonly AlertRecord[] },
  now: number,
): Paging {
  if (paging.isAcknowledged || paging.told === 0) return paging;
  const subjects = active.slice(0, MOST_NAMED).map(pagedAlert);
  const page = { severity: worstOf(active), count: active.length, alerts: subjects, step: undefined };
  const heldBack = open.filter(({ status }) => status === 'FIRING').slice(0, MOST_HELD_BACK);
  return withPage(
    { ...paging, isAcknowledged: true, subjects, heldBack: heldBack.map(({ id }) => id) },
    { ...page, kind: 'acknowledged', to: paging.toldTo },
    now,
  );
}

function closed(paging: Paging, now: number): Paging {
  const over: Paging = { ...paging, status: 'CLOSED' };
  if (paging.told === 0) return over;
  const { subjects, worst = 'info', toldTo } = paging;
  const page = { severity: worst, count: subjects.length, alerts: subjects, step: undefined };
  return withPage(over, { ...page, kind: 'resolved', to: toldTo }, now);
}

interface PageParts {
  readonly kind: Page['kind'];
  readonly to: readonly string[];
  readonly severity: Page['severity'];
  readonly count: number;
  readonly alerts: readonly PagedAlert[];
  readonly step: EscalationStep | undefined;
  readonly begins?: Page['begins'] | undefined;
}

function withPage(
  paging: Paging,
  { kind, to, severity, count, alerts, step, begins }: PageParts,
  now: number,
): Paging {
  const page: Page = {
    id: `${paging.id}.${paging.told + 1}`,
    ...{
      kind,
      at: now,
      group: paging.group,
      to: [...to],
      paging: paging.key,
      incident: paging.id,
      severity,
      count,
    },
    alerts: [...alerts],
    ...(step === undefined ? {} : { round: step.round, level: step.level }),
    ...(begins === undefined ? {} : { begins }),
  };
  return {
    ...paging,
    told: paging.told + 1,
    outbox: to.length === 0 ? paging.outbox : [...paging.outbox, page],
  };
}

/** In quiet hours, only what is critical is told of. */
function isQuiet(paging: Paging, file: AlertFile, alerts: readonly AlertRecord[], now: number): boolean {
  const quiet = escalationOf(paging, file)?.quiet;
  return quiet !== undefined && worstOf(alerts) !== 'critical' && hoursEnd(quiet, now) !== undefined;
}

function routeOf({ route }: Paging, { routes = [] }: AlertFile) {
  return routes[route];
}

function escalationOf(paging: Paging, file: AlertFile) {
  const name = routeOf(paging, file)?.escalate;
  return name === undefined ? undefined : file.escalations?.[name];
}

function stepsOf(paging: Paging, file: AlertFile): readonly EscalationStep[] {
  const escalation = escalationOf(paging, file);
  return escalation === undefined ? [] : escalationSteps(escalation);
}
