import { RuntimeError, type RuntimeErrorName } from '#core/error.ts';

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
