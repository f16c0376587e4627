import type { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { CommandStep } from '#definition/model.ts';
import type { Alternative, Routing, Wish } from '#definition/step-parts.ts';
import { splitArguments } from '../deferred.ts';
import { boundTemplate, boundValue, type Emitting } from '../emitting.ts';
import type { RouteSchema } from '../route-payload.ts';
import { defined } from '../states.ts';

/** By what the device of a command is chosen, as its handler is told. */
export function routeOf(on: Routing, step: CommandStep, at: Emitting): JsonObject {
  const base = defined({ ...wishOf(on, at), near: textOf(on.near, at) });
  const route: { readonly [Field in keyof z.input<typeof RouteSchema>]: Json | undefined } = {
    alternatives: [base, ...on.fallback.map((each) => alternativeOf(each, { base, step, at }))],
    exclude: excludedOf(on.exclude, at),
    prefers: unlessNone(on.prefers.map((each) => defined({ ...wishOf(each, at), weight: each.weight }))),
    strategy: on.strategy,
    key: textOf(on.key, at),
    weight: on.weight,
    retryOn: on.retryOn === 'another' ? undefined : on.retryOn,
    whenNone: whenNoneOf(on, at),
  };
  return defined(route);
}

/** The expressions of a route that its handler evaluates. */
export function textsOfRoute(on: Routing, at: Emitting): readonly string[] {
  const own = [on, ...on.prefers, ...on.fallback].map(({ where }) => where);
  const deferred = on.fallback.flatMap(({ with: values }) =>
    values === undefined ? [] : Object.values(splitArguments(values, at).deferred),
  );
  return [...own, on.weight, ...deferred].filter((text) => text !== undefined);
}

interface Around {
  readonly base: JsonObject;
  readonly step: CommandStep;
  readonly at: Emitting;
}

/** An alternative keeps what it does not name; a device that it names is asked for nothing else. */
function alternativeOf(alternative: Alternative, { base, step, at }: Around): JsonObject {
  const { device, near, zone, command } = alternative;
  const values = alternative.with === undefined ? undefined : splitArguments(alternative.with, at);
  const sent = defined({
    command: command ?? (values === undefined ? undefined : step.command),
    with: values?.with ?? (command === undefined ? undefined : {}),
    deferred: values === undefined || Object.keys(values.deferred).length === 0 ? undefined : values.deferred,
  });
  if (device !== undefined) return { device: boundTemplate(device, at), ...sent };
  const { zone: _zone, near: _near, ...placeless } = base;
  const kept = zone === undefined && near === undefined ? base : placeless;
  return { ...kept, ...defined({ ...wishOf(alternative, at), near: textOf(near, at) }), ...sent };
}

function wishOf({ requires, zone, tags, where }: Wish, at: Emitting): Record<string, Json | undefined> {
  return {
    requires,
    zone: textOf(zone, at),
    tags: tags === undefined ? undefined : boundTemplate(tags, at),
    where,
  };
}

function textOf(text: string | undefined, at: Emitting): Json | undefined {
  return text === undefined ? undefined : boundTemplate(text, at);
}

function whenNoneOf({ whenNone }: Routing, at: Emitting): Json | undefined {
  if (whenNone === undefined) return undefined;
  return defined({ waitSeconds: whenNone.waitMs / 1_000, escalate: textOf(whenNone.escalate, at) });
}

function excludedOf(exclude: Routing['exclude'], at: Emitting): Json | undefined {
  if (typeof exclude === 'string') return boundValue(exclude, at);
  return exclude === undefined ? undefined : boundTemplate(exclude, at);
}

function unlessNone(values: readonly Json[]): Json | undefined {
  return values.length === 0 ? undefined : values;
}
