import type { Json, JsonObject } from '#core/json.ts';
import { noArrayAt } from '#engine/embedded/states/map.ts';
import type { Test } from './inspect.ts';
import { probeFields } from './probe.ts';

/** What `inspectionData` tells of the fields of a Map. */
export async function mapFields(test: Test): Promise<JsonObject> {
  if (test.tested.type !== 'Map' || (await itemsFault(test)) !== undefined) return {};
  const count = await numberIn(test, 'ToleratedFailureCount');
  const percentage = await numberIn(test, 'ToleratedFailurePercentage');
  return {
    maxConcurrency: (await numberIn(test, 'MaxConcurrency')) ?? 0,
    ...(count === undefined ? {} : { toleratedFailureCount: count }),
    ...(percentage === undefined ? {} : { toleratedFailurePercentage: percentage }),
  };
}

/** Whether as many iterations are to have failed as the tested Map does not tolerate; one that says nothing takes any. */
export async function exceedsTolerance(test: Test): Promise<boolean> {
  const failures = test.request.stateConfiguration?.mapIterationFailureCount ?? 0;
  if (test.tested.type !== 'Map' || failures === 0) return false;
  const count = await numberIn(test, 'ToleratedFailureCount');
  const percentage = await numberIn(test, 'ToleratedFailurePercentage');
  if (count !== undefined && failures > count) return true;
  return percentage !== undefined && failures * 100 > percentage * (await itemCount(test));
}

/** Why a Map in JSONPath has no items; undefined where it has, or where they come from elsewhere. */
export async function itemsFault(test: Test): Promise<string | undefined> {
  const { type, queryLanguage, fields } = test.tested;
  const { ItemsPath: path = '$', ItemReader: reader } = fields;
  if (type !== 'Map' || queryLanguage !== 'JSONPath' || reader !== undefined) return undefined;
  return Array.isArray(await itemsByPath(test)) ? undefined : noArrayAt(String(path));
}

/** What the items of a Map in JSONPath come from. */
export function itemsByPath(test: Test): Promise<Json | undefined> {
  const { ItemsPath: path = '$' } = test.tested.fields;
  return probeFields(test, ['InputPath'], { Parameters: { 'items.$': path }, OutputPath: '$.items' });
}

async function itemCount(test: Test): Promise<number> {
  const { tested, request } = test;
  const read = request.stateConfiguration?.mapItemReaderData;
  if (read !== undefined) return lengthOf(JSON.parse(read));
  if (tested.queryLanguage === 'JSONPath') return lengthOf(await itemsByPath(test));
  return lengthOf(await probeFields(test, [], { Output: tested.fields['Items'] ?? '{% $states.input %}' }));
}

function lengthOf(items: Json | undefined): number {
  return Array.isArray(items) ? items.length : 0;
}

/** A number that a field gives: written down, by an expression, or by a path. */
async function numberIn(test: Test, name: string): Promise<number | undefined> {
  const { [name]: written, [`${name}Path`]: path } = test.tested.fields;
  if (typeof written === 'number') return written;
  if (written === undefined && path === undefined) return undefined;
  const value =
    path === undefined
      ? await probeFields(test, [], { Output: written ?? null })
      : await probeFields(test, ['InputPath'], { Parameters: { 'value.$': path }, OutputPath: '$.value' });
  return typeof value === 'number' ? value : undefined;
}
