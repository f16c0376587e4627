import type { Rule } from './rule.ts';
import { acyclicNeeds } from './rules/acyclic-needs.ts';
import { boundedHistory } from './rules/bounded-history.ts';
import { boundedLoops } from './rules/bounded-loops.ts';
import { boundedPayload } from './rules/bounded-payload.ts';
import { cataloguePresence } from './rules/catalogue-presence.ts';
import { coherentRouting } from './rules/coherent-routing.ts';
import { commandArguments } from './rules/command-arguments.ts';
import { completeWaves } from './rules/complete-waves.ts';
import { coveredSteps } from './rules/covered-steps.ts';
import { dollarNames } from './rules/dollar-names.ts';
import { errorNames } from './rules/error-names.ts';
import { expressionSyntax } from './rules/expression-syntax.ts';
import { finishedSteps } from './rules/finished-steps.ts';
import { fittingTypes } from './rules/fitting-types.ts';
import { freeNames } from './rules/free-names.ts';
import { iterationPrivacy } from './rules/iteration-privacy.ts';
import { knownCapabilities } from './rules/known-capabilities.ts';
import { knownCommands } from './rules/known-commands.ts';
import { knownDecisions } from './rules/known-decisions.ts';
import { knownFields } from './rules/known-fields.ts';
import { knownFunctions } from './rules/known-functions.ts';
import { knownGroups } from './rules/known-groups.ts';
import { knownNames } from './rules/known-names.ts';
import { knownNeeds } from './rules/known-needs.ts';
import { knownPools } from './rules/known-pools.ts';
import { knownVariables } from './rules/known-variables.ts';
import { knownWorkflows } from './rules/known-workflows.ts';
import { meetableNeeds } from './rules/meetable-needs.ts';
import { namesInPlace } from './rules/names-in-place.ts';
import { noPlainSecrets } from './rules/no-plain-secrets.ts';
import { rawStates } from './rules/raw-states.ts';
import { reachableBranches } from './rules/reachable-branches.ts';
import { reachableClauses } from './rules/reachable-clauses.ts';
import { reachableSteps } from './rules/reachable-steps.ts';
import { semanticVersion } from './rules/semantic-version.ts';
import { sufficientTimeout } from './rules/sufficient-timeout.ts';
import { unhiddenFunctions } from './rules/unhidden-functions.ts';
import { uniqueIds } from './rules/unique-ids.ts';
import { usefulUndo } from './rules/useful-undo.ts';
import { validJsonSchema } from './rules/valid-json-schema.ts';
import { versionRange } from './rules/version-range.ts';
import { wholeExpressions } from './rules/whole-expressions.ts';

/** What makes a workflow correct, in the order of the codes. */
export const RULES: readonly Rule[] = [
  ...[validJsonSchema, semanticVersion, versionRange, rawStates, noPlainSecrets],
  ...[uniqueIds, freeNames, knownNeeds, knownNames, finishedSteps, iterationPrivacy, namesInPlace],
  ...[knownFields, knownVariables, errorNames],
  ...[expressionSyntax, knownFunctions, unhiddenFunctions, dollarNames, wholeExpressions, fittingTypes],
  ...[
    knownCommands,
    cataloguePresence,
    commandArguments,
    knownWorkflows,
    knownDecisions,
    knownPools,
    knownCapabilities,
    knownGroups,
  ],
  coherentRouting,
  ...[acyclicNeeds, reachableSteps, reachableBranches, reachableClauses, meetableNeeds],
  ...[boundedLoops, completeWaves],
  ...[boundedHistory, boundedPayload, sufficientTimeout],
  ...[coveredSteps, usefulUndo],
];
