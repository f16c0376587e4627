/** Begins the name of every machine that escalates alerts; no name of a workflow has such a character in it. */
export const ESCALATION_PREFIX = 'escalation_';

/** Whether a machine escalates alerts: what it runs is no execution of a workflow. */
export function isEscalationMachine(name: string): boolean {
  return name.startsWith(ESCALATION_PREFIX);
}
