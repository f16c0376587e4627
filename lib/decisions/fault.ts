import { RuntimeError, type RuntimeErrorName, StepwrightError } from '#core/error.ts';

/** The names with which a decision fails. */
export type DecisionErrorName = Extract<RuntimeErrorName, `Decision.${string}`>;

/** Why nothing was decided. */
export class DecisionError extends RuntimeError {
  /** Where in the decision, such as `table.rules.3.when.devices`, or in its input, such as `input.devices`. */
  readonly place: string;

  constructor(name: DecisionErrorName, place: string, message: string) {
    super(name, place === '' ? message : `${place}: ${message}`);
    this.place = place;
  }
}

/** Makes a {@link DecisionError}. */
export function decisionFault(name: DecisionErrorName, place: string, message: string): DecisionError {
  return new DecisionError(name, place, message);
}

/** What a decision failed with, for who asked it: SW4019. Anything else is given back as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof RuntimeError)) return error;
  const isInput = error.name === 'Decision.InvalidInput';
  return new StepwrightError(
    {
      code: 'SW4019',
      kind: isInput ? 'invalid' : 'conflict',
      message: `${error.name}: ${error.message}`,
      hint: isInput
        ? 'give every input of the decision a value of its type'
        : 'the place is in the decision: change what stands there, and publish it as a new version',
    },
    { cause: error },
  );
}
