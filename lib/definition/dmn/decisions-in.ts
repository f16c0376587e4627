import type { JsonObject } from '#core/json.ts';
import type { DmnFaults } from './faults.ts';
import { type Binding, fieldText, type Scope } from './feel.ts';
import { childOf, childrenOf, type DmnModel, nameOf, requirementsOf, targetOf, textOf } from './model.ts';
import { DecisionNames, VariableNames } from './names.ts';
import { type DmnType, DmnTypes, orNull } from './types.ts';
import type { XmlElement } from './xml.ts';

/** A decision of a model, with what it goes by. */
export interface ModelDecision {
  readonly element: XmlElement;
  /** Its name in the model. */
  readonly title: string;
  /** Its name as a decision file. */
  readonly name: string;
  /** What it is called where others go by it. */
  readonly variable: string;
  /** What it gives, in order; one is the value itself in DMN. */
  readonly outputs: readonly ModelOutput[];
  /** Ids of the inputs that it reads, and those that it goes by read. */
  readonly inputs: readonly string[];
  /** Ids of the decisions that it goes by. */
  readonly uses: readonly string[];
}

/** One of the outputs of a decision. */
export interface ModelOutput {
  readonly name: string;
  /** Its name in the model. */
  readonly title: string;
  readonly type: DmnType;
}

/** All decisions of a model, with the names that they have here. */
export class ModelDecisions {
  readonly types: DmnTypes;
  readonly faults: DmnFaults;
  readonly all: ReadonlyMap<string, ModelDecision>;
  readonly #model: DmnModel;
  readonly #inputNames: ReadonlyMap<string, string>;

  constructor(model: DmnModel, faults: DmnFaults) {
    this.#model = model;
    this.faults = faults;
    this.types = new DmnTypes(model, faults);
    const variables = new VariableNames();
    const names = new DecisionNames();
    this.#inputNames = new Map([...model.inputs].map(([id, each]) => [id, variables.take(nameOf(each))]));
    this.all = new Map(
      [...model.decisions].map(([id, element]) => {
        const title = nameOf(element);
        const called = { title, name: names.take(title), variable: variables.take(title) };
        const found = { element, ...called, outputs: this.#outputsOf(element, title) };
        return [id, { ...found, inputs: this.#inputsOf(id, new Set()), uses: this.#usesOf(element) }];
      }),
    );
  }

  /** The inputs of a decision as JSON Schemas. Every value may be null in DMN, and is where it is not given. */
  inputSchemas({ inputs }: ModelDecision): JsonObject {
    return Object.fromEntries(
      inputs.flatMap((id) => {
        const element = this.#model.inputs.get(id);
        const name = this.#inputNames.get(id);
        if (element === undefined || name === undefined) return [];
        const { schema } = this.types.of(childOf(element, 'variable'));
        return [[name, { ...titled(nameOf(element), name), ...orNull(schema), default: null }]];
      }),
    );
  }

  /** What the names in the expressions of a decision stand for. */
  scopeOf(decision: ModelDecision): Scope {
    const scope = new Map<string, Binding>();
    for (const id of this.#required(decision.element, 'requiredInput')) {
      const element = this.#model.inputs.get(id);
      const text = `$input.${this.#inputNames.get(id)}`;
      if (element === undefined) continue;
      const type = this.types.of(childOf(element, 'variable')).feel;
      scope.set(nameOf(element), { kind: 'value', text, type, isNullable: true });
    }
    for (const id of decision.uses) {
      const used = this.all.get(id);
      if (used !== undefined) scope.set(used.title, bindingOf(used));
    }
    this.#addFunctions(decision.element, { scope, depth: 0 });
    return scope;
  }

  #addFunctions(
    of: XmlElement,
    { scope, depth }: { readonly scope: Map<string, Binding>; readonly depth: number },
  ): void {
    if (depth > 8) return;
    for (const id of this.#required(of, 'requiredKnowledge')) {
      const element = this.#model.functions.get(id);
      const logic = childOf(element, 'encapsulatedLogic');
      const body = childOf(logic, 'literalExpression');
      if (element === undefined || logic === undefined) continue;
      if (body === undefined) {
        this.faults.unsaid(element, 'of functions, those that are one literal expression have a translation');
        continue;
      }
      const parameters = childrenOf(logic, 'formalParameter').map(
        (each) => each.attributes.get('name') ?? '',
      );
      const own = new Map<string, Binding>();
      this.#addFunctions(element, { scope: own, depth: depth + 1 });
      scope.set(nameOf(element), { kind: 'function', parameters, body: textOf(body), scope: own });
    }
  }

  #outputsOf(element: XmlElement, title: string): readonly ModelOutput[] {
    const table = childOf(element, 'decisionTable');
    const declared = this.types.of(childOf(element, 'variable'));
    const whole = givesList(table) ? (declared.item ?? declared) : declared;
    const columns = childrenOf(table ?? element, 'output');
    const names = new VariableNames();
    if (columns.length === 0) return [{ name: names.take(title), title, type: whole }];
    return columns.map((column) => {
      const called = column.attributes.get('name') ?? title;
      const own = column.attributes.has('typeRef') || columns.length > 1 ? this.types.of(column) : whole;
      const type = this.types.restricted(own, childOf(column, 'outputValues'));
      return { name: names.take(called), title: called, type };
    });
  }

  #inputsOf(id: string, seen: Set<string>): readonly string[] {
    const element = this.#model.decisions.get(id);
    if (element === undefined || seen.has(id)) return [];
    seen.add(id);
    const own = this.#required(element, 'requiredInput');
    const used = this.#usesOf(element).flatMap((each) => this.#inputsOf(each, seen));
    return [...new Set([...own, ...used])];
  }

  #usesOf(element: XmlElement): readonly string[] {
    return this.#required(element, 'requiredDecision');
  }

  #required(
    element: XmlElement,
    kind: 'requiredInput' | 'requiredDecision' | 'requiredKnowledge',
  ): readonly string[] {
    const { inputs, decisions, functions } = this.#model;
    const known = { requiredInput: inputs, requiredDecision: decisions, requiredKnowledge: functions }[kind];
    return requirementsOf(element, kind).flatMap((each) => {
      const id = targetOf(each);
      if (known.has(id)) return [id];
      const other = `${each.attributes.get('href')} is not in this file`;
      if (!this.faults.found.some(({ path }) => path === each.path)) this.faults.unsaid(each, other);
      return [];
    });
  }
}

/** A title where the name in the model is another. */
export function titled(title: string, name: string): JsonObject {
  return title === name ? {} : { title };
}

/** Whether a table gives what each of the rules that hold does. */
function givesList(table: XmlElement | undefined): boolean {
  return ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'].includes(table?.attributes.get('hitPolicy') ?? 'UNIQUE');
}

/** What a decision is to one that goes by it: its one output, or all of them. */
function bindingOf({ element, variable, outputs }: ModelDecision): Binding {
  const [first, ...others] = outputs;
  const table = childOf(element, 'decisionTable');
  const shared = { kind: 'value', isNullable: true } as const;
  if (table?.attributes.has('aggregation'))
    return { ...shared, text: `$${variable}`, type: { kind: 'number' } };
  if (givesList(table)) return { ...shared, text: `$${variable}`, type: { kind: 'list' } };
  if (first !== undefined && others.length === 0)
    return { ...shared, text: `$${variable}.${fieldText(first.name)}`, type: first.type.feel };
  const fields = outputs
    .filter(({ name, title }) => name === title)
    .map(({ name, type }) => [name, type.feel] as const);
  return { ...shared, text: `$${variable}`, type: { kind: 'context', fields: new Map(fields) } };
}
