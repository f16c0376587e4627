import { SFNClient, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import type { Severity } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';

/** Where Step Functions is; what is left out is taken from the environment, as the AWS SDK does. */
export interface ValidatorOptions {
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
}

/** What Step Functions itself has against a machine. */
export interface RemoteFinding {
  /** Step Functions' own code, such as `MISSING_TRANSITION_TARGET`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Where in the machine, such as `/States/ask/Next`; undefined where it is not told. */
  readonly location: string | undefined;
}

/** Asks Step Functions about a machine; it tells of 100 findings at most. Throws SW3051 to SW3056. */
export type ValidateMachine = (definition: JsonObject) => Promise<readonly RemoteFinding[]>;

/** Any account will do: nothing is called. */
const ACCOUNT = '123456789012';

/** Step Functions' `ValidateStateMachineDefinition`, by the credentials of the environment. */
export function connectValidator({ endpointUrl, region }: ValidatorOptions): ValidateMachine {
  const client = new SFNClient({
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(region === undefined ? {} : { region }),
  });
  return (definition) => validateMachine(client, definition);
}

async function validateMachine(client: SFNClient, definition: JsonObject): Promise<readonly RemoteFinding[]> {
  const command = new ValidateStateMachineDefinitionCommand({
    definition: withArns(JSON.stringify(definition)),
    severity: 'WARNING',
  });
  try {
    const { diagnostics = [] } = await client.send(command);
    return diagnostics.map(({ code = '', severity, message = '', location }) => ({
      ...{ code, message, location },
      severity: severity === 'WARNING' ? 'warning' : 'error',
    }));
  } catch (error) {
    throw faultOf(error);
  }
}

/** The tokens of a machine stand for what is not deployed yet. */
function withArns(text: string): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, token: string) =>
    token.endsWith('StateMachineArn')
      ? `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${token}`
      : `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${token}`,
  );
}

type Fault = ConstructorParameters<typeof StepwrightError>[0];

interface KnownFault {
  readonly pattern: RegExp;
  readonly fault: Omit<Fault, 'message'> & { readonly what: string };
}

/** By the name, code or message of what the AWS SDK throws. */
const FAULTS: readonly KnownFault[] = [
  {
    pattern: /Region is missing/,
    fault: {
      ...{ code: 'SW3052', kind: 'invalid', what: 'no AWS region is named' },
      hint: 'name one by --region, or set AWS_REGION',
    },
  },
  {
    pattern: /CredentialsProviderError/,
    fault: {
      ...{ code: 'SW3051', kind: 'unauthorized', what: 'there are no AWS credentials' },
      hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; an emulator takes any',
    },
  },
  {
    pattern: /Throttling|TooManyRequests/,
    fault: {
      ...{ code: 'SW3055', kind: 'too-many-requests', what: 'Step Functions is asked too often' },
      hint: 'try again in a minute',
    },
  },
  {
    pattern: /AccessDenied|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|Signature|Authentication/,
    fault: {
      ...{ code: 'SW3054', kind: 'forbidden', what: 'AWS refuses these credentials' },
      hint: 'renew them, and allow the action states:ValidateStateMachineDefinition',
    },
  },
  {
    pattern: /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|TimeoutError|ERR_INVALID_URL|Invalid URL/,
    fault: {
      ...{ code: 'SW3053', kind: 'unavailable', what: 'Step Functions cannot be reached' },
      hint: 'look at --endpoint-url, AWS_ENDPOINT_URL and the network',
    },
  },
];

const OTHER: KnownFault['fault'] = {
  ...{ code: 'SW3056', kind: 'unavailable', what: 'Step Functions did not validate the machine' },
  hint: 'an emulator may not have ValidateStateMachineDefinition; without --remote nothing is asked',
};

function faultOf(error: unknown): StepwrightError {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = `${name} ${code} ${message}`;
  const { what, ...fault } = FAULTS.find(({ pattern }) => pattern.test(text))?.fault ?? OTHER;
  return new StepwrightError({ ...fault, message: `${what}: ${message}` }, { cause: error });
}
