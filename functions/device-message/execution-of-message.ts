import * as z from 'zod';

const AnswerSchema = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}:/) });

/** The execution whose command a message of a device answers, as far as its id says so. */
export function executionOfMessage(message: unknown): string | undefined {
  const { data } = AnswerSchema.safeParse(message);
  return data?.id.slice(0, data.id.indexOf(':'));
}
