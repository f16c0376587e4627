import type { Rule } from '../rule.ts';
import { reportSchemaFaults } from '../schema-faults.ts';

/** The schema of the input is valid JSON Schema. */
export const validJsonSchema: Rule = {
  workflow({ subject: { workflow }, report }) {
    if (workflow.inputSchema !== undefined) reportSchemaFaults(workflow.inputSchema, ['input'], report);
  },
};
