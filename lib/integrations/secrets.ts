import { RuntimeError } from '#core/error.ts';

/** Where the values of secrets are looked up; definitions know but their names. */
export interface Secrets {
  /** The value of a secret, or undefined where there is none of this name. */
  read(name: string): Promise<string | undefined>;
}

/** Secrets from environment variables: `plant-api` is `STEPWRIGHT_SECRET_PLANT_API`. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return { read: async (name) => environment[variableOf(name)] };
}

/** Name of the environment variable of a secret. */
export function variableOf(name: string): string {
  return `STEPWRIGHT_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** The value of a secret. Throws Secret.Unknown. */
export async function getSecret(secrets: Secrets, name: string): Promise<string> {
  const value = await secrets.read(name);
  if (value !== undefined) return value;
  throw new RuntimeError('Secret.Unknown', `there is no secret "${name}"`);
}
