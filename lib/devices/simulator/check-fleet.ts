import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { type BehaviourFile, type FleetFile, type FleetFileDevice, idsOf } from '#definition/fleet.ts';
import { durationMs } from '#definition/read-retry.ts';
import type { Finding, Source } from '#definition/source.ts';
import { didYouMean } from '#definition/suggest.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import { ExpressionSyntaxError, type FreeVariable, parseExpression } from '#expression/parse.ts';
import { DeviceIdSchema } from '../messages.ts';
import { expressionsIn } from './template.ts';

/** Most devices of one fleet file: each takes a connection of its own. */
const MAX_DEVICES = 10_000;

/** What expressions of a fleet file may read: the command's arguments, and the device before the command. */
const NAMES = ['with', 'device'];

/** What is wrong with a fleet file that has the right shape. */
export function checkFleet(file: FleetFile, source: Source): Diagnostic[] {
  const behaviours = [
    { behaviour: file.behaviour, path: ['behaviour'] },
    ...file.devices.map(({ behaviour }, at) => ({ behaviour, path: ['devices', at, 'behaviour'] })),
  ];
  return [
    ...checkDevices(file, source),
    ...behaviours.flatMap(({ behaviour = {}, path }) => checkBehaviour(behaviour, path, source)),
  ];
}

function checkDevices({ devices }: FleetFile, source: Source): Diagnostic[] {
  const total = devices.reduce((sum, { count = 1 }) => sum + count, 0);
  if (total > MAX_DEVICES) {
    const message = `the fleet has ${total} devices, and a fleet file may have ${MAX_DEVICES}`;
    return [
      source.diagnose(['devices'], { code: 'SW2002', message, hint: 'use several fleet files' }, 'key'),
    ];
  }
  const seen = new Set<string>();
  return devices.flatMap((entry, at) => {
    const finding = findInIds(entry, seen);
    return finding === undefined ? [] : [source.diagnose(['devices', at, 'id'], finding)];
  });
}

/** The first thing that is wrong with the ids of an entry. Adds them to those that were seen. */
function findInIds(entry: FleetFileDevice, seen: Set<string>): Finding | undefined {
  const { id: pattern, count = 1 } = entry;
  if (count > 1 && !pattern.includes('{n}')) {
    const message = `"${pattern}" stands for ${count} devices, and gives all the same id`;
    return { code: 'SW2003', message, hint: `write it like "${pattern}-{n}"` };
  }
  for (const id of idsOf(entry)) {
    if (!DeviceIdSchema.safeParse(id).success) {
      const hint = 'use letters, digits, dots, dashes and underscores, at most 128';
      return { code: 'SW2004', message: `"${id}" is no id of a device`, hint };
    }
    if (seen.has(id)) {
      const message = `there is another device "${id}" before`;
      return { code: 'SW2001', message, hint: 'give each device an id of its own' };
    }
    seen.add(id);
  }
  return undefined;
}

function checkBehaviour(behaviour: BehaviourFile, path: DocumentPath, source: Source): Diagnostic[] {
  const { latency, commands = {} } = behaviour;
  return [
    ...checkLatency(latency, [...path, 'latency'], source),
    ...Object.entries(commands).flatMap(([name, { latency: own, sets, result }]) => {
      const at = [...path, 'commands', name];
      const templates: JsonObject = { ...(sets && { sets }), ...(result === undefined ? {} : { result }) };
      return [
        ...checkLatency(own, [...at, 'latency'], source),
        ...[...expressionsIn(templates)].flatMap(({ path: inner, text, offset }) =>
          findInExpression(text).map((found) =>
            source.diagnoseInside([...at, ...inner], offset + found.offset, found.finding),
          ),
        ),
      ];
    }),
  ];
}

function checkLatency(latency: BehaviourFile['latency'], path: DocumentPath, source: Source): Diagnostic[] {
  if (latency === undefined || typeof latency === 'string') return [];
  const { min, max } = latency;
  if ((durationMs(min) ?? 0) <= (durationMs(max) ?? 0)) return [];
  const message = `the shortest latency ${min} is longer than the longest, ${max}`;
  return [source.diagnose(path, { code: 'SW2007', message, hint: 'exchange min and max' })];
}

interface Found {
  readonly offset: number;
  readonly finding: Finding;
}

function findInExpression(text: string): Found[] {
  try {
    return parseExpression(text).variables.flatMap(findInName);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return [{ offset: error.offset, finding: { code: 'SW2005', message: error.message } }];
  }
}

function findInName({ name, called, offset }: FreeVariable): Found[] {
  if (NAMES.includes(name) || FUNCTIONS.has(name)) return [];
  const kind = called ? 'function' : 'name';
  const finding: Finding = {
    code: 'SW2006',
    message: `there is no ${kind} $${name} in a fleet file`,
    ...(called ? didYouMean(name, FUNCTIONS) : { hint: 'expressions read $with and $device' }),
  };
  return [{ offset, finding }];
}
