import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A secret of ours, such as the token of the API, from Secrets Manager. */
export async function readToken(secretArn: string | undefined): Promise<string> {
  const { SecretString } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  if (SecretString === undefined) throw new Error(`the secret ${secretArn} is empty`);
  return SecretString;
}
