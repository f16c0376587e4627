import type { JsonObject } from '#core/json.ts';

/** Fills the `${Token}`s of a definition, as `definitionSubstitutions` does on AWS. Unknown ones stay. */
export function substituteTokens(
  definition: JsonObject,
  values: Readonly<Record<string, string>>,
): JsonObject {
  const filled: JsonObject = JSON.parse(
    JSON.stringify(definition).replace(/\$\{(\w+)\}/g, (whole, token: string) => values[token] ?? whole),
  );
  return filled;
}

const MACHINE_ARN = 'arn:aws:states:local:000000000000:stateMachine:';

/** What tokens stand for in this engine: an ARN for each function and machine. */
export function embeddedArns(
  functions: readonly string[],
  machines: Readonly<Record<string, string>>,
): Record<string, string> {
  const ofFunctions = functions.map((token) => [
    token,
    `arn:aws:lambda:local:000000000000:function:${token}`,
  ]);
  const ofMachines = Object.entries(machines).map(([token, name]) => [token, `${MACHINE_ARN}${name}`]);
  return Object.fromEntries([...ofFunctions, ...ofMachines]);
}

/** What follows `stateMachine:` in an ARN: a name, and a version or alias. */
const MACHINE_PARTS = /:stateMachine:([^:]+)(?::([^:]+))?$/;

/** The name of a machine in its ARN. */
export function machineOfArn(arn: string): string {
  return MACHINE_PARTS.exec(arn)?.[1] ?? arn.slice(arn.lastIndexOf(':') + 1);
}

/** The version or alias that an ARN of a machine names. */
export function qualifierOfArn(arn: string): string | undefined {
  return MACHINE_PARTS.exec(arn)?.[2];
}
