import { StepwrightError } from '#core/error.ts';
import { newId } from '#core/id.ts';
import type { Json } from '#core/json.ts';
import { formatTraceparent, parseTraceparent } from '#core/trace-context.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { type Execution, fromExecutionItem, toExecutionItem } from './execution.ts';
import { checkInput } from './input.ts';
import type { ExecutionPorts } from './ports.ts';
import { versionOfAlias } from './workflow-aliases.ts';
import { getVersion, unprovenUndos } from './workflow-store.ts';

/** What is asked for. */
export interface StartRequest {
  readonly workflow: string;
  /** A version, a range of versions, or `latest` (the default). */
  readonly version?: string | undefined;
  /** An alias, in place of a version. */
  readonly alias?: string | undefined;
  readonly input: Json;
  /** Id of the execution; a new ULID where left out. Given twice, the same input gives the same execution. */
  readonly name?: string | undefined;
  /** Who starts it. */
  readonly by?: string | undefined;
  /** The step that calls it and waits. */
  readonly parent?: Execution['parent'];
  /** How many executions have called each other to get here. */
  readonly depth?: number | undefined;
  /** The place in a trace that it is under; what is no `traceparent` is passed over. */
  readonly traceparent?: string | undefined;
}

/** Names of executions: they are part of an id of each command, and of a name of the engine. */
const NAME_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Starts an execution: its record first, so that an end that comes at once finds it, then the engine's. Throws SW4043 for
 * an unknown workflow, SW4004 for an input that does not fit, SW4023 for a name that is taken, and what {@link Engine.reserve} does.
 */
export async function startExecution(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'random'>,
  request: StartRequest,
): Promise<Execution> {
  const version = await getVersion(ports.table, request.workflow, await versionAskedFor(ports, request));
  const { compiled, machine } = version;
  const unproven = unprovenUndos(version);
  const input = checkInput(`${compiled.name} ${compiled.version}`, compiled.inputSchema, request.input);
  const trace = parseTraceparent(request.traceparent);
  const execution: Execution = {
    id: checkName(request.name) ?? newId(ports.clock, ports.random),
    workflow: compiled.name,
    version: compiled.version,
    ...(request.alias === undefined ? {} : { alias: request.alias }),
    machine,
    status: 'RUNNING',
    input,
    ...(request.parent === undefined ? {} : { parent: request.parent }),
    ...(request.depth === undefined ? {} : { depth: request.depth }),
    ...(request.by === undefined ? {} : { startedBy: request.by }),
    ...(trace === undefined ? {} : { traceparent: formatTraceparent(trace) }),
    ...(unproven === 0 ? {} : { unprovenUndos: unproven }),
    startedAt: ports.clock.now(),
  };
  // Before there is a record of it. What a step calls is part of what was accepted.
  using _room = request.parent === undefined ? ports.engine.reserve?.() : undefined;
  const recorded = await record(ports, execution);
  if (recorded.status !== 'RUNNING') return recorded;
  await ports.engine.start({ machine: recorded.machine, name: recorded.id }, recorded.input, {
    isFollowUp: true,
    ...(trace === undefined ? {} : { trace }),
  });
  return recorded;
}

async function versionAskedFor(
  ports: Pick<ExecutionPorts, 'table' | 'random'>,
  { workflow, version, alias }: StartRequest,
): Promise<string | undefined> {
  if (alias === undefined || alias === 'latest') return version;
  if (version === undefined) return versionOfAlias(ports, workflow, alias);
  throw new StepwrightError({
    code: 'SW4007',
    kind: 'invalid',
    message: `both a version, ${version}, and an alias, "${alias}", are asked for`,
    hint: 'name one of the two',
  });
}

function checkName(name: string | undefined): string | undefined {
  if (name === undefined || NAME_PATTERN.test(name)) return name;
  throw new StepwrightError({
    code: 'SW4005',
    kind: 'invalid',
    message: `"${name}" is no name of an execution`,
    hint: 'use 1 to 64 letters, digits, dashes and underscores',
  });
}

async function record({ table }: Pick<ExecutionPorts, 'table'>, execution: Execution): Promise<Execution> {
  try {
    await table.put(toExecutionItem(execution), { exists: false });
    return execution;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const item = await table.get(executionKeys.meta(execution.id));
    const known = item === undefined ? undefined : fromExecutionItem(item);
    if (known !== undefined && known.workflow === execution.workflow && isEqual(known.input, execution.input))
      return known;
    throw new StepwrightError({
      code: 'SW4023',
      kind: 'conflict',
      message: `execution "${execution.id}" exists with another workflow or input`,
      hint: 'give it another name, or none',
    });
  }
}

function isEqual(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
