declare module 'asl-validator' {
  /** Checks a state machine. Writes a default `QueryLanguage` into the states of the machine that it is given. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
  };
}
