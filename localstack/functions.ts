import { InvokeCommand, type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';

/** Name of the deployed function that is called so in the stacks. Throws where there is none. */
export async function findFunction(lambda: LambdaClient, called: string): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const name = Functions.find(({ FunctionName = '' }) => FunctionName.includes(called))?.FunctionName;
    if (name !== undefined) return name;
  }
  throw new Error(`the function ${called} is not deployed`);
}

/** Calls a function and waits for its end. Throws what it failed with. */
export async function invoke(lambda: LambdaClient, name: string, payload: unknown): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }),
  );
  if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
}
