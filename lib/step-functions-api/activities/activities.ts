import * as z from 'zod';
import { activityArn, readActivityArn } from '../arn.ts';
import { noActivity } from '../faults.ts';
import {
  ArnField,
  EncryptionField,
  NameField,
  optional,
  PageSizeField,
  PageTokenField,
  TagsField,
} from '../fields.ts';
import { checkEncryption } from '../machines/configuration.ts';
import { checkName } from '../names.ts';
import { operation, timestamp } from '../operation.ts';
import { namePosition, pageOf, pageSize, pageToken } from '../page.ts';
import { checkTags } from '../tags.ts';

const SCOPE = { list: 'activities' };

/** `CreateActivity`. The same name again is the activity that is there. */
export const createActivity = operation(
  z.object({
    name: NameField,
    tags: optional(TagsField),
    encryptionConfiguration: optional(EncryptionField),
  }),
  async ({ name, tags = [], encryptionConfiguration }, { catalogue, clock }) => {
    checkName(name);
    checkEncryption(encryptionConfiguration);
    const arn = activityArn(name);
    checkTags(arn, tags);
    const known = catalogue.activities.find(name);
    const createdAt = known?.createdAt ?? clock.now();
    if (known === undefined) {
      await catalogue.database.commit(() => {
        catalogue.activities.add({ name, createdAt });
        catalogue.tags.put(arn, tags);
      });
    }
    return { activityArn: arn, creationDate: timestamp(createdAt) };
  },
);

/** `DescribeActivity`. */
export const describeActivity = operation(z.object({ activityArn: ArnField }), (input, { catalogue }) => {
  const found = catalogue.activities.find(readActivityArn(input.activityArn));
  if (found === undefined) throw noActivity(input.activityArn);
  const { name, createdAt } = found;
  return { activityArn: activityArn(name), name, creationDate: timestamp(createdAt) };
});

/** `ListActivities`: by name. */
export const listActivities = operation(
  z.object({ maxResults: optional(PageSizeField), nextToken: optional(PageTokenField) }),
  (input, { catalogue }) => {
    const found = catalogue.activities.list(namePosition(input, SCOPE) ?? '', pageSize(input) + 1);
    const { entries, next } = pageOf(found, input, ({ name }) => pageToken(name, SCOPE));
    return {
      activities: entries.map(({ name, createdAt }) => ({
        ...{ activityArn: activityArn(name), name },
        creationDate: timestamp(createdAt),
      })),
      ...next,
    };
  },
);

/** `DeleteActivity`. One that is not there is deleted already. */
export const deleteActivity = operation(z.object({ activityArn: ArnField }), async (input, { catalogue }) => {
  const name = readActivityArn(input.activityArn);
  await catalogue.database.commit(() => {
    catalogue.activities.remove(name);
    catalogue.tags.removeAll(activityArn(name));
  });
  return {};
});
