import { environmentSecrets, type Secrets } from '#integrations/secrets.ts';

/** What the environment says of calls that workflows make. */
export interface CallSettings {
  readonly secrets: Secrets;
  readonly allowedHosts: ReadonlySet<string>;
}

/**
 * Reads it: `STEPWRIGHT_SECRET_<NAME>` is the value of a secret, `STEPWRIGHT_HTTP_ALLOW` names hosts of private networks that
 * may be called, such as `gateway.plant:8080,10.0.0.7`.
 */
export function callSettings(environment: Readonly<Record<string, string | undefined>>): CallSettings {
  const hosts = (environment['STEPWRIGHT_HTTP_ALLOW'] ?? '').split(',').map((host) => host.trim());
  return {
    secrets: environmentSecrets(environment),
    allowedHosts: new Set(hosts.filter((host) => host !== '')),
  };
}
