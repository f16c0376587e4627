import type { JsonObject } from '#core/json.ts';
import type { DecideStep } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import { becauseVariable } from '../compiled-workflow.ts';
import { boundTemplate, boundText, type Emitting } from '../emitting.ts';
import { isRefusal, variableOf } from '../inline-decision/given-inputs.ts';
import type { InlineAnswer } from '../inline-decision/inline-answer.ts';
import { type InlineTable, inlineTable } from '../inline-decision/inline-table.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A decision is one Task, answered at once by what is decided; or a Choice by the rules of a small table. */
export function emitDecide(step: DecideStep, at: Emitting): Emission {
  const payload = {
    ...taskIdentity(at.place, step.id),
    decision: step.decision,
    version: at.emitter.decisionVersionOf(step),
    input: boundTemplate(step.input, at),
    timeoutSeconds: step.timeoutMs / 1_000,
  };
  const task = emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.decide,
    payload,
    deadlineMs: step.timeoutMs,
  });
  const choice = choiceOf(step, at);
  if (choice === undefined) return task;
  const ask = askStateName(step);
  at.emitter.inlined.add(step.id);
  const own = task.states.map(([name, state]): NamedState => [name === step.id ? ask : name, state]);
  return { start: step.id, states: [[step.id, choice], ...own] };
}

/** Name of the state that asks the handler about inputs which a Choice does not decide by. */
export function askStateName({ id }: Pick<DecideStep, 'id'>): string {
  return `${id} ask`;
}

/**
 * One transition, as the Task is, and no call. Inputs that do not fit and rules that contradict each other are for the handler,
 * which fails as it does; a Choice can neither fail with a name nor be the last of a scope.
 */
function choiceOf(step: DecideStep, at: Emitting): JsonObject | undefined {
  if (at.exit.kind !== 'next') return undefined;
  const table = inlineTable(step, at.emitter.decisionOf(step));
  if (isRefusal(table)) return undefined;
  const last = table.rules.find(({ condition }) => condition === undefined) ?? table.otherwise;
  const ask = askStateName(step);
  return {
    ...defined({ Type: 'Choice', Comment: step.title }),
    Choices: [...unfitChoice(table, at, ask), ...choicesOf(step, table, at, at.exit.state)],
    ...(last === undefined ? {} : { Assign: assigned(step, last, at) }),
    Default: last === undefined ? ask : at.exit.state,
  };
}

function unfitChoice(table: InlineTable, at: Emitting, ask: string): JsonObject[] {
  const checks = [...table.inputs.values()].map(({ text }) => text);
  const { conflict } = table;
  if (checks.length === 0 && conflict === undefined) return [];
  const fits = checks.length === 0 ? 'true' : checks.join(' and ');
  return [{ Condition: conditionText(`${fits} ? ${conflict ?? 'false'} : true`, table, at), Next: ask }];
}

function choicesOf(step: DecideStep, table: InlineTable, at: Emitting, next: string): JsonObject[] {
  return table.rules.flatMap((rule) =>
    rule.condition === undefined
      ? []
      : [
          {
            Condition: conditionText(rule.condition, table, at),
            Assign: assigned(step, rule, at),
            Next: next,
          },
        ],
  );
}

/** A condition with the inputs that it reads before it. */
function conditionText(text: string, { inputs }: InlineTable, at: Emitting): string {
  const bindings = [...inputs].flatMap(([name, { value }]) => {
    if (!new RegExp(`\\${variableOf(name)}\\b`).test(text)) return [];
    const given = value.kind === 'literal' ? value.text : boundText(value.text, at);
    return [`${variableOf(name)} := ${given}; `];
  });
  return delimit(bindings.length === 0 ? text : `( ${bindings.join('')}${text} )`);
}

function assigned(step: DecideStep, { value, because }: InlineAnswer, at: Emitting): JsonObject {
  return { [step.id]: boundTemplate(value, at), [becauseVariable(step)]: boundTemplate(because, at) };
}
