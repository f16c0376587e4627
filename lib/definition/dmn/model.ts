import type { DmnFaults } from './faults.ts';
import type { XmlElement } from './xml.ts';

/** A DMN model: its parts by the id that others name them by. */
export interface DmnModel {
  readonly types: ReadonlyMap<string, XmlElement>;
  readonly inputs: ReadonlyMap<string, XmlElement>;
  readonly functions: ReadonlyMap<string, XmlElement>;
  readonly decisions: ReadonlyMap<string, XmlElement>;
}

/** What a model may hold besides: how it is drawn, who knows of it, and what tools keep in it. Nothing is decided by it. */
const NO_LOGIC = [
  ...[
    'extensionElements',
    'DMNDI',
    'textAnnotation',
    'association',
    'group',
    'knowledgeSource',
    'description',
  ],
  ...['performanceIndicator', 'organizationUnit', 'elementCollection', 'itemDefinition', 'inputData'],
  ...['businessKnowledgeModel', 'decision'],
];

/** The parts of a model; of parts that decisions do not go by here, faults are told. */
export function readModel(root: XmlElement, faults: DmnFaults): DmnModel | undefined {
  if (root.name !== 'definitions') {
    faults.broken({ message: `<${root.name}> is no DMN: its root is <definitions>`, offset: root.offset });
    return undefined;
  }
  for (const each of root.children)
    if (!NO_LOGIC.includes(each.name)) faults.unsaid(each, `<${each.name}> has no word in decision files`);
  const byId = (name: string) =>
    new Map(childrenOf(root, name).map((each) => [each.attributes.get('id') ?? each.path, each]));
  return {
    types: new Map(childrenOf(root, 'itemDefinition').map((each) => [nameOf(each), each])),
    inputs: byId('inputData'),
    functions: byId('businessKnowledgeModel'),
    decisions: byId('decision'),
  };
}

/** The children of a name. */
export function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

/** The first child of a name. */
export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name);
}

/** The text of the child that is called `text`, which expressions and tests have; empty where there is none. */
export function textOf(parent: XmlElement | undefined): string {
  return childOf(parent, 'text')?.text.trim() ?? '';
}

/** The name of a part: of its variable, which is what expressions say, else its own. */
export function nameOf(element: XmlElement): string {
  const variable = childOf(element, 'variable')?.attributes.get('name');
  return (variable ?? element.attributes.get('name') ?? '').trim();
}

/** What a decision needs: the ids of what its requirements of a kind name. */
export function requirementsOf(decision: XmlElement, kind: string): readonly XmlElement[] {
  return decision.children.flatMap((child) => childrenOf(child, kind));
}

/** The id behind the `#` of a reference. */
export function targetOf(reference: XmlElement): string {
  const href = reference.attributes.get('href') ?? '';
  return href.slice(href.indexOf('#') + 1);
}
