import type { Severity } from '#core/diagnostic.ts';

/** What a compiled machine can be found to have, with the severity and the title of its page in docs/errors. */
export const MACHINE_CODES = {
  SW1701: { severity: 'error', title: 'a machine is larger than Step Functions takes' },
  SW1702: { severity: 'error', title: 'two states have the same name' },
  SW1703: { severity: 'error', title: 'the name of a state is none' },
  SW1704: { severity: 'error', title: 'a state does not say where it goes' },
  SW1705: { severity: 'error', title: 'no state leads to a state' },
  SW1706: { severity: 'error', title: 'a state never comes to an end' },
  SW1707: { severity: 'warning', title: 'a choice may have no way to go' },
  SW1711: { severity: 'error', title: 'the name of a variable is none' },
  SW1712: { severity: 'error', title: 'a block assigns a variable of what is around it' },
  SW1713: { severity: 'error', title: 'a variable is not visible where it is read' },
  SW1714: { severity: 'error', title: 'a variable is read before anything assigns it' },
  SW1715: { severity: 'warning', title: 'an expression may give nothing' },
  SW1716: { severity: 'error', title: 'an expression reads what is not there' },
  SW1717: { severity: 'error', title: 'a text of a state is no expression' },
  SW1718: { severity: 'warning', title: 'an expression has an operator that Step Functions may not know' },
  SW1721: { severity: 'error', title: 'a state has fields that it does not take' },
  SW1722: { severity: 'error', title: 'a number of a state is out of range' },
  SW1723: { severity: 'error', title: 'a list of errors is none' },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly title: string }>>;

/** A code of {@link MACHINE_CODES}. */
export type MachineCode = keyof typeof MACHINE_CODES;
