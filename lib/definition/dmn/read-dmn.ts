import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { type ModelDecision, ModelDecisions, type ModelOutput, titled } from './decisions-in.ts';
import { DmnFaults } from './faults.ts';
import { translateFeel } from './feel.ts';
import { childOf, readModel, textOf } from './model.ts';
import { readTable, tell } from './table-in.ts';
import { orNull } from './types.ts';
import { readXml } from './xml.ts';

/** A decision of a DMN file, as a decision file of ours. */
export interface ImportedDecision {
  /** Its name in the model. */
  readonly title: string;
  readonly file: JsonObject;
  readonly outputs: readonly Pick<ModelOutput, 'name' | 'title'>[];
}

/** What a DMN file gives: its decisions, or why there are none. */
export interface ImportedModel {
  readonly decisions: readonly ImportedDecision[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a model of DMN 1.1 to 1.6: decision tables, literal expressions, and functions that are one. Whatever else it decides by is
 * told of at its place (SW1831), as is a text that is none (SW1832); then there are no decisions.
 */
export function readDmn(text: string, file: string): ImportedModel {
  const faults = new DmnFaults(file, text);
  const root = readXml(text);
  if (!('children' in root)) {
    faults.broken(root);
    return { decisions: [], diagnostics: faults.found };
  }
  const model = readModel(root, faults);
  if (model === undefined) return { decisions: [], diagnostics: faults.found };
  const decisions = new ModelDecisions(model, faults);
  const read = [...decisions.all.values()].map((each) => readDecision(each, decisions));
  if (read.length === 0) faults.unsaid(root, 'there is no decision in this file');
  return { decisions: hasErrors(faults.found) ? [] : read, diagnostics: faults.found };
}

function readDecision(decision: ModelDecision, decisions: ModelDecisions): ImportedDecision {
  const { element, name, title, outputs } = decision;
  const { form, nullable } = readForm(decision, decisions);
  const description = childOf(element, 'description')?.text.trim();
  const about = [title === name ? undefined : title, description]
    .filter((each) => each !== undefined)
    .join(': ');
  return {
    title,
    outputs,
    file: {
      ...{ stepwright: 1, decision: name, version: '1.0.0' },
      ...(about === '' ? {} : { description: about }),
      inputs: decisions.inputSchemas(decision),
      outputs: Object.fromEntries(outputs.map((each) => [each.name, schemaOf(each, nullable)])),
      ...usesOf(decision, decisions),
      ...form,
    },
  };
}

function schemaOf({ name, title, type: { schema } }: ModelOutput, nullable: ReadonlySet<string>): JsonObject {
  return { ...titled(title, name), ...(nullable.has(name) ? orNull(schema) : schema) };
}

function usesOf({ uses }: ModelDecision, { all }: ModelDecisions): JsonObject {
  const used = uses.flatMap((id): [string, Json][] => {
    const decision = all.get(id);
    return decision === undefined ? [] : [[decision.variable, { decision: decision.name, version: '^1' }]];
  });
  return used.length === 0 ? {} : { decisions: Object.fromEntries(used) };
}

interface Form {
  readonly form: JsonObject;
  /** Outputs that may be null. */
  readonly nullable: ReadonlySet<string>;
}

const NO_LOGIC = [
  'question',
  'allowedAnswers',
  'description',
  'extensionElements',
  'variable',
  'usingTask',
  'usingProcess',
];

function readForm(decision: ModelDecision, decisions: ModelDecisions): Form {
  const { element, outputs } = decision;
  const { faults } = decisions;
  const scope = decisions.scopeOf(decision);
  const table = childOf(element, 'decisionTable');
  if (table !== undefined) {
    const found = readTable(table, { scope, outputs, faults });
    return { form: { table: found.table }, nullable: found.nullable };
  }
  const expression = childOf(element, 'literalExpression');
  const [output] = outputs;
  if (expression === undefined || output === undefined) {
    const other = element.children.find(
      ({ name }) =>
        !NO_LOGIC.includes(name) && !/Requirement$|^supported|^impacted|^decision(?:Maker|Owner)$/.test(name),
    );
    faults.unsaid(
      other ?? element,
      other === undefined
        ? 'this decision says not how it decides'
        : `<${other.name}> has no word in decision files`,
    );
    return { form: {}, nullable: new Set() };
  }
  try {
    const { value, isNullable } = translateFeel(textOf(expression), scope);
    return {
      form: { expression: { [output.name]: value } },
      nullable: new Set(isNullable ? [output.name] : []),
    };
  } catch (error) {
    tell(error, { at: childOf(expression, 'text') ?? expression, faults });
    return { form: {}, nullable: new Set() };
  }
}
