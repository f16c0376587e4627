import * as z from 'zod';

/**
 * Members that many inputs have, with the bounds of the service's model (Step Functions API Reference). What names may
 * hold is checked by the operations: it has an error of its own.
 */
export const NameField = z.string().min(1).max(80);
export const ArnField = z.string().min(1).max(256);
/** ARN of a version or of a map run. */
export const LongArnField = z.string().min(1).max(2_000);
export const DescriptionField = z.string().max(256);
export const PageSizeField = z.int().min(0).max(1_000);
export const PageTokenField = z.string().min(1).max(1_024);
export const MachineTypeField = z.enum(['STANDARD', 'EXPRESS']);
/** 1 MiB. */
export const DefinitionField = z.string().min(1).max(1_048_576);
/** Input, output and the like: 262,144 characters. */
export const DataField = z.string().max(262_144);
export const ErrorField = z.string().max(256);
export const CauseField = z.string().max(32_768);
export const TaskTokenField = z.string().min(1).max(2_048);
export const IncludedDataField = z.enum(['ALL_DATA', 'METADATA_ONLY']);

export const TagsField = z.array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256) }));

export const LoggingField = z.object({
  level: optional(z.enum(['ALL', 'ERROR', 'FATAL', 'OFF'])),
  includeExecutionData: optional(z.boolean()),
  destinations: optional(
    z.array(z.object({ cloudWatchLogsLogGroup: optional(z.object({ logGroupArn: optional(ArnField) })) })),
  ),
});

export const TracingField = z.object({ enabled: optional(z.boolean()) });

export const EncryptionField = z.object({
  type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
  kmsKeyId: optional(z.string().min(1).max(2_048)),
  kmsDataKeyReusePeriodSeconds: optional(z.int().min(60).max(900)),
});

/** A member that may be left out; the protocol takes null for that, too. */
export function optional<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodPipe<
  z.ZodOptional<z.ZodNullable<Schema>>,
  z.ZodTransform<z.output<Schema> | undefined, z.output<Schema> | null | undefined>
> {
  return schema
    .nullable()
    .optional()
    .transform((value): z.output<Schema> | undefined => value ?? undefined);
}

/** What a machine is created with, and may be given anew. */
export const ConfigurationFields = {
  loggingConfiguration: optional(LoggingField),
  tracingConfiguration: optional(TracingField),
  publish: optional(z.boolean()),
  versionDescription: optional(DescriptionField),
  encryptionConfiguration: optional(EncryptionField),
};
