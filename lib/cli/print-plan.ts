import type { Assumption } from '#compiler/forecast/assumptions.ts';
import { formatDollars } from '#compiler/forecast/cost.ts';
import type { Plan, PlannedStep } from '#compiler/forecast/plan.ts';
import { formatDuration } from '#core/duration.ts';
import { INLINE_CONCURRENCY } from '#definition/map-mode.ts';
import { type Column, tableLines } from './print-table.ts';
import type { Paint, Terminal } from './terminal.ts';
import { count, hanging, padEnd } from './text-layout.ts';

/** Width of the column of labels. */
const LABEL = 14;
/** Most states that are told by name. */
const MOST_NAMES = 12;
/** Width of the bars that show when a step runs. */
const BAR = 20;

/** A plan as people read it, line by line. */
export function planLines(plan: Plan, terminal: Pick<Terminal, 'columns' | 'paint'>): string[] {
  const { columns, paint } = terminal;
  const fact = (label: string, text: string): string =>
    hanging(padEnd(label, LABEL), text, columns).replace(label, paint.bold(label));
  return [
    paint.bold(`${plan.workflow} ${plan.version}`),
    '',
    ...tableLines(plan.steps, stepColumns(plan, paint), { columns, paintTitle: paint.bold }),
    paint.dim('━ on the critical path   ─ with time to spare   ~ assumed'),
    '',
    ...timeFacts(plan).map(([label, text]) => fact(label, text)),
    ...iterationFacts(plan).map(([label, text]) => fact(label, text)),
    ...usageFacts(plan).map(([label, text]) => fact(label, text)),
    ...decisionFacts(plan).map(([label, text]) => fact(label, text)),
    ...machineFacts(plan).map(([label, text]) => fact(label, text)),
    ...assumptionLines(plan.assumptions, fact),
    ...plan.limits
      .filter(({ isExceeded }) => isExceeded)
      .map((limit) =>
        paint.red(
          hanging(
            '✖ ',
            `${whole(limit.value)} ${limit.name}, and Step Functions takes ${whole(limit.most)}: ${limit.hint}`,
            columns,
          ),
        ),
      ),
  ];
}

type Fact = readonly [label: string, text: string];

function stepColumns(plan: Plan, paint: Paint): Column<PlannedStep>[] {
  return [
    {
      title: 'STEP',
      text: ({ id, depth }) => '  '.repeat(depth) + id,
      paint: (cell, { isCritical }) => (isCritical ? paint.yellow(cell) : cell),
    },
    { title: 'KIND', text: ({ kind }) => kind, paint: (cell) => paint.dim(cell) },
    { title: 'RUNS', text: ({ runs }) => (runs === 1 ? '' : `${whole(runs)}×`) },
    { title: 'TAKES', text: durationText },
    { title: 'SLACK', text: ({ slackMs }) => (slackMs < 1 ? '' : formatDuration(slackMs)) },
    {
      title: 'WHEN',
      text: (step) => bar(step, plan.time.totalMs),
      paint: (cell, { isCritical }) => (isCritical ? paint.yellow(cell) : paint.dim(cell)),
    },
  ];
}

function durationText({ durationMs, durationFrom }: PlannedStep): string {
  return `${durationFrom === 'assumed' ? '~' : ''}${formatDuration(durationMs)}`;
}

function bar({ startMs, durationMs, isCritical }: PlannedStep, totalMs: number): string {
  const column = (ms: number): number => Math.round((ms / Math.max(1, totalMs)) * BAR);
  const from = Math.min(BAR - 1, column(startMs));
  const to = Math.max(from + 1, column(startMs + durationMs));
  return ' '.repeat(from) + (isCritical ? '━' : '─').repeat(to - from);
}

function timeFacts({ time, blastRadius }: Plan): Fact[] {
  const waiting =
    time.addedWaitMs < 1
      ? 'no step waits for one that it does not need'
      : `${formatDuration(time.addedWaitMs)} of it is waiting for steps that are not needed`;
  const changing = blastRadius.changedBy.join(', ');
  return [
    ['takes', `${formatDuration(time.totalMs)}; ${waiting}`],
    ['critical path', time.criticalPath.join(' → ')],
    [
      'blast radius',
      blastRadius.devices === 0
        ? 'no device is changed'
        : `at most ${count(blastRadius.devices, 'device')} changed and not yet confirmed at once (by ${changing})`,
    ],
  ];
}

const MODES = {
  inline: `all in one execution, which runs up to ${INLINE_CONCURRENCY} at once`,
  distributed: `each an execution of its own, as more than ${INLINE_CONCURRENCY} are wanted at once`,
} as const;

function iterationFacts({ iterations }: Plan): Fact[] {
  if (iterations.length === 0) return [];
  const texts = iterations.map(
    ({ step, items, mode, atOnce }) => `${step}: ${whole(items)}, ${whole(atOnce)} at once, ${MODES[mode]}`,
  );
  return [['iterations', texts.join('; ')]];
}

function usageFacts({ usage, cost }: Plan): Fact[] {
  const services = Object.entries(cost.services)
    .filter(([, dollars]) => dollars > 0)
    .map(([service, dollars]) => `${service} ${formatDollars(dollars * 1_000)}`);
  return [
    [
      'one run',
      [
        ...[
          `${whole(usage.stateTransitions)} state transitions`,
          `${whole(usage.historyEvents)} history events`,
        ],
        ...[`${whole(usage.lambdaCalls)} Lambda calls`, `${whole(usage.readUnits)} read units`],
        ...[`${whole(usage.writeUnits)} write units`, `${whole(usage.iotMessages)} IoT messages`],
        ...[`${whole(usage.sqsRequests)} SQS requests`],
      ].join(', '),
    ],
    [
      'costs',
      `${formatDollars(cost.dollarsPerRun)} a run, ${formatDollars(cost.dollarsPerThousandRuns)} a thousand: ${services.join(', ')} (${cost.region}, prices of ${cost.date}, without ${cost.notCounted})`,
    ],
  ];
}

function decisionFacts({ decisions }: Plan): Fact[] {
  return decisions.map(({ step, decision, version, by, reason, ...dollars }, at) => {
    const [choice, task] = [dollars.dollarsAsChoice, dollars.dollarsAsTask].map(formatDollars);
    const how =
      by === 'choice'
        ? `a Choice state, ${choice} a million times; a function takes ${task}`
        : `a function, ${task} a million times; a Choice state would take ${choice}, but ${reason}`;
    return [at === 0 ? 'decisions' : '', `${step} by ${decision} ${version}: ${how}`];
  });
}

function machineFacts({ machine, limits }: Plan): Fact[] {
  const shares = limits.map(({ name, value, most }) => `${whole(value)} of ${whole(most)} ${name}`);
  const names = machine.extra.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = machine.extra.length - names.length;
  const extra = [...names, ...(more > 0 ? [`${whole(more)} more`] : [])].join(', ');
  return [
    [
      'machine',
      `${count(machine.count, 'state')} for ${count(machine.steps, 'step')}; States Language takes ${extra} besides the steps' own`,
    ],
    ['limits', shares.join(', ')],
  ];
}

/** Why a number is assumed. */
const SAID_BY: Readonly<Record<Assumption['from'], string>> = {
  input: 'in the input',
  given: 'as you say',
  step: 'as many as devices',
  default: 'by default',
};

function assumptionLines(
  assumptions: readonly Assumption[],
  fact: (label: string, text: string) => string,
): string[] {
  if (assumptions.length === 0) return [];
  const texts = assumptions.map(
    ({ step, what, value, from }) => `${whole(value)} ${what} of ${step} (${SAID_BY[from]})`,
  );
  const [{ step } = { step: '' }] = assumptions;
  return [fact('assumed', `${texts.join(', ')}; --assume ${step}=50 says otherwise`)];
}

function whole(value: number): string {
  return value.toLocaleString('en');
}
