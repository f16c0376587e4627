import * as z from 'zod';
import { activityArn, machineArn, readTaggedArn } from './arn.ts';
import type { Tag } from './catalogue/tag-store.ts';
import { ApiFault, noResource } from './faults.ts';
import { ArnField, TagsField } from './fields.ts';
import { liveMachine } from './machines/find.ts';
import { operation } from './operation.ts';
import type { ApiParts } from './parts.ts';

/** Tags of one resource (Step Functions, "Quotas"). */
const MOST_TAGS = 50;

/** `TagResource`. */
export const tagResource = operation(
  z.object({ resourceArn: ArnField, tags: TagsField }),
  async ({ resourceArn, tags }, parts) => {
    const resource = taggedResource(parts, resourceArn);
    const { database, tags: store } = parts.catalogue;
    const keys = new Set([...store.list(resource), ...tags].map(({ key }) => key));
    if (keys.size > MOST_TAGS) throw tooManyTags(resource);
    await database.commit(() => store.put(resource, tags));
    return {};
  },
);

/** `UntagResource`. */
export const untagResource = operation(
  z.object({ resourceArn: ArnField, tagKeys: z.array(z.string().min(1).max(128)) }),
  async ({ resourceArn, tagKeys }, parts) => {
    const resource = taggedResource(parts, resourceArn);
    const { database, tags } = parts.catalogue;
    await database.commit(() => tags.remove(resource, tagKeys));
    return {};
  },
);

/** `ListTagsForResource`. */
export const listTagsForResource = operation(
  z.object({ resourceArn: ArnField }),
  ({ resourceArn }, parts) => ({
    tags: parts.catalogue.tags.list(taggedResource(parts, resourceArn)).map((tag) => ({ ...tag })),
  }),
);

/** Demands that a new resource takes these tags. Throws TooManyTags. */
export function checkTags(resource: string, tags: readonly Tag[]): void {
  if (new Set(tags.map(({ key }) => key)).size > MOST_TAGS) throw tooManyTags(resource);
}

/** The canonical ARN of a resource that is there; versions and aliases have no tags. */
function taggedResource(parts: ApiParts, arn: string): string {
  const named = readTaggedArn(arn);
  if ('activity' in named) {
    if (parts.catalogue.activities.find(named.activity) === undefined) throw noResource(arn);
    return activityArn(named.activity);
  }
  const { machine, qualifier } = named.machine;
  if (qualifier !== undefined || liveMachine(parts, machine) === undefined) throw noResource(arn);
  return machineArn(machine);
}

function tooManyTags(resource: string): ApiFault {
  return new ApiFault('TooManyTags', `A resource has at most ${MOST_TAGS} tags`, {
    more: { resourceName: resource },
  });
}
