import { CHOICE } from './fields/choice.ts';
import { DATA_SETS } from './fields/data-sets.ts';
import { ERRORS } from './fields/errors.ts';
import type { FieldGroup } from './fields/field-row.ts';
import { FUNCTIONS_AND_CONTEXT } from './fields/functions.ts';
import { PARALLEL_AND_MAP } from './fields/parallel-and-map.ts';
import { LIMITS } from './fields/quotas.ts';
import { SCENES } from './fields/scenes.ts';
import { SIMPLE_STATES } from './fields/simple-states.ts';
import { WAIT_AND_TASK } from './fields/wait-and-task.ts';

/** All that docs/reference/conformance.md tells of, each with a machine that shows it. */
export const FIELDS: readonly FieldGroup[] = [
  ...SIMPLE_STATES,
  CHOICE,
  ...WAIT_AND_TASK,
  ...PARALLEL_AND_MAP,
  DATA_SETS,
  ...ERRORS,
  ...FUNCTIONS_AND_CONTEXT,
  LIMITS,
  ...SCENES,
];
