import { noMachine } from '../faults.ts';
import { distributedProcessor, type MachineDefinition } from './definition.ts';

/** An express execution ends after five minutes (Step Functions, "Quotas"). */
const EXPRESS_SECONDS = 300;

/** What the children of distributed Maps run: processors, each as a machine. Kept as long as the machine that they are of. */
export class Processors {
  readonly #known = new WeakMap<MachineDefinition, Map<string, MachineDefinition>>();

  /** The processor of the Map with a label. Throws SW4013 when the machine has none. */
  of(machine: MachineDefinition, label: string): MachineDefinition {
    const known = this.#known.get(machine) ?? new Map<string, MachineDefinition>();
    this.#known.set(machine, known);
    const found = known.get(label) ?? processorAsMachine(machine, label);
    known.set(label, found);
    return found;
  }
}

function processorAsMachine(machine: MachineDefinition, label: string): MachineDefinition {
  const processor = distributedProcessor(machine, label);
  if (processor === undefined) throw noMachine(label);
  const isExpress = processor.ProcessorConfig?.ExecutionType === 'EXPRESS';
  return {
    ...{ ...processor, QueryLanguage: machine.QueryLanguage },
    ...(isExpress ? { TimeoutSeconds: EXPRESS_SECONDS } : {}),
  };
}
