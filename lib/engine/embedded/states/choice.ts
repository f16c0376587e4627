import type { ChoiceRule, StateOf } from '../definition.ts';
import { StateFault } from '../failure.ts';
import { unexpectedType } from '../field-number.ts';
import { evaluationFault } from '../template.ts';
import { holds } from './choice-condition.ts';
import type { StateResult, StateTry } from './state.ts';

type TriedChoice = StateTry<StateOf<'Choice'>>;

/** Takes the first rule whose condition is true, else the default. */
export async function runChoice(tried: TriedChoice): Promise<StateResult> {
  const { state, query } = tried;
  for (const [index, rule] of state.Choices.entries()) {
    if (await isTrue(rule, index, tried)) return { leaving: await query.leaveChosen(rule), next: rule.Next };
  }
  if (state.Default === undefined) {
    throw new StateFault(
      'States.NoChoiceMatched',
      `No Choice rule of the state matched, and it has no Default`,
    );
  }
  return { leaving: await query.leaveChosen(undefined), next: state.Default };
}

async function isTrue(rule: ChoiceRule, index: number, { query, scope }: TriedChoice): Promise<boolean> {
  if ('condition' in rule) return holds(rule.condition, scope.paths(query.input()));
  const field = `Choices[${index}]/Condition`;
  const value = await query.template(rule.Condition, field);
  if (typeof value === 'boolean') return value;
  throw evaluationFault(
    String(rule.Condition).replace(/^\{%\s*|\s*%\}$/g, ''),
    field,
    unexpectedType('boolean', value),
  );
}
