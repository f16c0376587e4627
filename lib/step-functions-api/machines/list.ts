import * as z from 'zod';
import { machineArn } from '../arn.ts';
import { invalidPageToken } from '../faults.ts';
import { optional, PageSizeField, PageTokenField } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import { namePosition, pageOf, pageSize, pageToken } from '../page.ts';

const SCOPE = { list: 'machines' };

/** `ListStateMachines`: those of the API and those of published workflows, oldest first. */
export const listStateMachines = operation(
  z.object({ maxResults: optional(PageSizeField), nextToken: optional(PageTokenField) }),
  (input, { catalogue }) => {
    const after = readPosition(namePosition(input, SCOPE));
    const found = catalogue.machines.list(after, pageSize(input) + 1);
    const { entries, next } = pageOf(found, input, ({ createdAt, name }) =>
      pageToken(`${createdAt} ${name}`, SCOPE),
    );
    return {
      stateMachines: entries.map(({ name, type, createdAt }) => ({
        ...{ stateMachineArn: machineArn(name), name, type },
        creationDate: timestamp(createdAt),
      })),
      ...next,
    };
  },
);

function readPosition(position: string | undefined): { createdAt: number; name: string } {
  if (position === undefined) return { createdAt: -1, name: '' };
  const [time = '', name = ''] = position.split(' ');
  const createdAt = Number(time);
  if (!Number.isFinite(createdAt)) throw invalidPageToken();
  return { createdAt, name };
}
