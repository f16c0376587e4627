import type { DocumentPath } from '#definition/document-path.ts';
import type { MachineCode } from './codes.ts';
import type { Block, MachineState } from './machine.ts';
import type { TextSite } from './sites.ts';
import type { VariableFlow } from './variable-flow.ts';

/** What a rule has found in a machine. */
export interface MachineFinding {
  readonly code: MachineCode;
  /** Where in the machine. */
  readonly path: DocumentPath;
  readonly message: string;
  readonly hint?: string;
}

/** Where a rule stands: what else there is to know, and whom it tells. */
export interface MachineExamination {
  readonly flow: VariableFlow;
  tell(finding: MachineFinding): void;
}

/** One rule: what it does at each part of a machine. A rule keeps nothing between calls. */
export interface MachineRule {
  machine?(machine: Block, examination: MachineExamination): void;
  block?(block: Block, examination: MachineExamination): void;
  state?(state: MachineState, examination: MachineExamination): void;
  text?(site: TextSite, examination: MachineExamination): void;
}
