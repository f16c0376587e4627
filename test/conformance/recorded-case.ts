import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';

const EventSchema = z.object({ type: z.string(), name: z.string().nullable() });

/** What a task answered when the case was recorded, so that it can be reproduced without the service. */
const MockedTrySchema = z.union([
  z.strictObject({ Return: JsonSchema }),
  z.strictObject({ Throw: z.strictObject({ Error: z.string(), Cause: z.string().exactOptional() }) }),
]);

/** One run of a state machine as it was recorded, with placeholders for what differs from run to run. */
const RecordedCaseSchema = z.object({
  name: z.string(),
  /** Where the recording comes from. */
  source: z.string(),
  definition: z.union([JsonObjectSchema, z.string()]),
  input: JsonSchema,
  /** `REFUSED`: the machine was refused when it was created; `cause` tells why. */
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'REFUSED']),
  output: JsonSchema,
  error: z.string().nullable(),
  cause: z.string().nullable(),
  /** Express executions have no history, and not every recording kept it. */
  events: z.array(EventSchema).optional(),
  /** The recorded events with their details, where they are known. */
  history: z.array(JsonObjectSchema).optional(),
  /** What was in the bucket that the machine reads. */
  objects: z.array(z.object({ Key: z.string(), Body: z.string() })).optional(),
  /** What tasks answered, by state, in order of their calls. */
  mocks: z.record(z.string(), z.array(MockedTrySchema)).optional(),
});

/** One run of a state machine as it was recorded. */
export type RecordedCase = z.infer<typeof RecordedCaseSchema>;
/** One event of a recorded case. */
export type RecordedEvent = z.infer<typeof EventSchema>;

/** The cases of a folder and of those below it, in order of their files. Throws with the file that holds none. */
export function loadCases(folder: string): RecordedCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => readCase(join(folder, file)));
}

function readCase(file: string): RecordedCase {
  try {
    return RecordedCaseSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is no recorded case: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
