import type { MachineRule } from './machine-rule.ts';
import { assignedVariables } from './rules/assigned-variables.ts';
import { completeChoices } from './rules/complete-choices.ts';
import { definitionSize } from './rules/definition-size.ts';
import { endingBlocks } from './rules/ending-blocks.ts';
import { errorLists } from './rules/error-lists.ts';
import { innerAssignments } from './rules/inner-assignments.ts';
import { knownOperators } from './rules/known-operators.ts';
import { knownTargets } from './rules/known-targets.ts';
import { numberRanges } from './rules/number-ranges.ts';
import { presentValues } from './rules/present-values.ts';
import { reachableStates } from './rules/reachable-states.ts';
import { stateFields } from './rules/state-fields.ts';
import { stateNames } from './rules/state-names.ts';
import { statesVariable } from './rules/states-variable.ts';
import { uniqueStateNames } from './rules/unique-state-names.ts';
import { variableNames } from './rules/variable-names.ts';
import { visibleVariables } from './rules/visible-variables.ts';
import { wholeTexts } from './rules/whole-texts.ts';

/** What Step Functions demands of a machine, in the order of the codes. */
export const MACHINE_RULES: readonly MachineRule[] = [
  ...[
    definitionSize,
    uniqueStateNames,
    stateNames,
    knownTargets,
    reachableStates,
    endingBlocks,
    completeChoices,
  ],
  ...[variableNames, innerAssignments, visibleVariables, assignedVariables, presentValues],
  ...[statesVariable, wholeTexts, knownOperators, stateFields, numberRanges, errorLists],
];
