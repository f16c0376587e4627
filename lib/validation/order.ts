import { outwards, type StepList, type StepNode } from './step-tree.ts';

/** What ends before what. */
export class Order {
  readonly #predecessors = new WeakMap<StepList, readonly (readonly number[])[]>();
  /** Of the last question, because the next one is mostly about the same step. */
  #asked: { readonly node: StepNode; readonly around: ReadonlyMap<StepList, StepNode> } | undefined;
  /** The same, of each list. */
  readonly #last = new WeakMap<StepList, { readonly index: number; readonly earlier: Uint8Array }>();

  /** Whether a step has ended, in whatever way, when another begins. A step inside of which the other is has not. */
  hasEndedBefore(earlier: StepNode, later: StepNode): boolean {
    const around = this.#surroundingsOf(later);
    for (const node of outwards(earlier)) {
      const other = around.get(node.list);
      if (other !== undefined) return node !== other && this.#precedes(node, other);
    }
    return false;
  }

  /** A step and those that it is inside of, each by the list that it is in. */
  #surroundingsOf(node: StepNode): ReadonlyMap<StepList, StepNode> {
    if (this.#asked?.node === node) return this.#asked.around;
    const around = new Map([...outwards(node)].map((each) => [each.list, each]));
    this.#asked = { node, around };
    return around;
  }

  /** Of each step of a list, by position: the positions of those that it directly waits for. */
  predecessorsIn(list: StepList): readonly (readonly number[])[] {
    const known = this.#predecessors.get(list);
    if (known !== undefined) return known;
    const found = predecessorsOf(list);
    this.#predecessors.set(list, found);
    return found;
  }

  #precedes(earlier: StepNode, later: StepNode): boolean {
    if (later.list.isSequence) return earlier.index < later.index;
    return this.#allBefore(later)[earlier.index] === 1;
  }

  #allBefore({ list, index }: StepNode): Uint8Array {
    const last = this.#last.get(list);
    if (last?.index === index) return last.earlier;
    const predecessors = this.predecessorsIn(list);
    const earlier = new Uint8Array(list.nodes.length);
    const open = [index];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const before of predecessors[next] ?? []) {
        if (earlier[before] !== 1) open.push(before);
        earlier[before] = 1;
      }
    }
    this.#last.set(list, { index, earlier });
    return earlier;
  }
}

function predecessorsOf(list: StepList): readonly (readonly number[])[] {
  if (list.isSequence) return list.nodes.map((_, index) => (index === 0 ? [] : [index - 1]));
  const positions = new Map(list.nodes.map(({ step, index }) => [step.id, index]));
  return list.nodes.map(({ step }) => (step.needs ?? []).flatMap((need) => positions.get(need.step) ?? []));
}
