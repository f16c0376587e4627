import * as z from 'zod';

/**
 * What we read of jsonata's syntax tree. Its own typings leave most of it open, so that it is checked here, at the edge.
 */
export interface SyntaxNode {
  readonly type: string;
  readonly value?: unknown;
  /** Characters from the start of the text to the end of the token. */
  readonly position?: number | undefined;
  readonly steps?: readonly SyntaxNode[] | undefined;
  readonly expressions?: readonly SyntaxNode[] | undefined;
  readonly arguments?: readonly SyntaxNode[] | undefined;
  readonly procedure?: SyntaxNode | undefined;
  readonly body?: SyntaxNode | undefined;
  readonly lhs?: SyntaxNode | readonly (SyntaxNode | readonly SyntaxNode[])[] | undefined;
  readonly rhs?: SyntaxNode | readonly (SyntaxNode | readonly SyntaxNode[])[] | undefined;
  readonly condition?: SyntaxNode | undefined;
  readonly then?: SyntaxNode | undefined;
  readonly else?: SyntaxNode | undefined;
  readonly expr?: SyntaxNode | undefined;
  readonly expression?: SyntaxNode | undefined;
  readonly pattern?: SyntaxNode | undefined;
  readonly update?: SyntaxNode | undefined;
  readonly delete?: SyntaxNode | undefined;
  readonly predicate?: readonly SyntaxNode[] | undefined;
  readonly stages?: readonly SyntaxNode[] | undefined;
  readonly group?: { readonly lhs?: SyntaxNode['lhs'] } | undefined;
  readonly terms?: readonly { readonly expression: SyntaxNode }[] | undefined;
  readonly focus?: string | undefined;
  readonly index?: string | undefined;
}

const node = z.lazy(() => SyntaxNodeSchema);
const nodes = z.array(node);
const sides = z.union([z.array(z.union([node, nodes])), node]);

/** Checks a syntax tree of jsonata 2. */
export const SyntaxNodeSchema: z.ZodType<SyntaxNode> = z.object({
  type: z.string(),
  value: z.unknown().optional(),
  position: z.number().optional(),
  steps: nodes.optional(),
  expressions: nodes.optional(),
  arguments: nodes.optional(),
  procedure: node.optional(),
  body: node.optional(),
  lhs: sides.optional(),
  rhs: sides.optional(),
  condition: node.optional(),
  // biome-ignore lint/suspicious/noThenProperty: jsonata's own name for the branch of a condition
  then: node.optional(),
  else: node.optional(),
  expr: node.optional(),
  expression: node.optional(),
  pattern: node.optional(),
  update: node.optional(),
  delete: node.optional(),
  predicate: nodes.optional(),
  stages: nodes.optional(),
  group: z.object({ lhs: sides.optional() }).optional(),
  terms: z.array(z.object({ expression: node })).optional(),
  focus: z.string().optional(),
  index: z.string().optional(),
});
