import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { RecordChange } from '#monitoring/events/change-of.ts';
import { ItemSchema } from '#table/item.ts';
import type { Item } from '#table/table.ts';

const ImageSchema = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);

/** What of a record of a DynamoDB stream is read (DynamoDB Developer Guide, "Change data capture"). */
const RecordSchema = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  /** There when DynamoDB itself has deleted an item whose time was up. */
  userIdentity: z.looseObject({ type: z.string().optional() }).nullish(),
  dynamodb: z.object({
    Keys: ImageSchema,
    OldImage: ImageSchema.optional(),
    NewImage: ImageSchema.optional(),
    /** In seconds since the Unix epoch. */
    ApproximateCreationDateTime: z.number(),
  }),
});

const KeySchema = z.object({ pk: z.string(), sk: z.string() });

/** The change that a record of the stream tells; undefined for an item that went because its time was up. */
export function toRecordChange(record: unknown): RecordChange | undefined {
  const { userIdentity, dynamodb } = RecordSchema.parse(record);
  if (userIdentity?.type === 'Service') return undefined;
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime: seconds } = dynamodb;
  return {
    key: KeySchema.parse(unmarshall(Keys)),
    before: itemOf(OldImage),
    after: itemOf(NewImage),
    at: seconds * 1_000,
  };
}

function itemOf(image: z.infer<typeof ImageSchema> | undefined): Item | undefined {
  return image === undefined ? undefined : ItemSchema.parse(unmarshall(image));
}
