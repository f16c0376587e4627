import * as z from 'zod';
import { DefinitionField, MachineTypeField, optional } from '../fields.ts';
import { operation } from '../operation.ts';
import { diagnose } from './diagnose.ts';

/** Findings of one answer at most. */
const MOST_FINDINGS = 100;

const Input = z.object({
  definition: DefinitionField,
  type: optional(MachineTypeField),
  severity: optional(z.enum(['ERROR', 'WARNING'])),
  maxResults: optional(z.int().min(0).max(MOST_FINDINGS)),
});

/** `ValidateStateMachineDefinition`: what is wrong with a definition, and what looks wrong. */
export const validateStateMachineDefinition = operation(
  Input,
  ({ definition, type = 'STANDARD', severity = 'ERROR', maxResults = 0 }) => {
    const all = diagnose(definition, type);
    const asked = all.filter((found) => severity === 'WARNING' || found.severity === 'ERROR');
    const most = maxResults === 0 ? MOST_FINDINGS : maxResults;
    return {
      result: all.some((found) => found.severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: asked.slice(0, most).map((found) => ({ ...found })),
      truncated: asked.length > most,
    };
  },
);
