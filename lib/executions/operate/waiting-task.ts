import { OPEN } from '#devices/command.ts';
import { commandsOf } from '#devices/command-store.ts';
import { giveUpCommand } from '#devices/dispatch.ts';
import { endRouteWait, routeWaitsOf } from '#devices/route-wait.ts';
import { findApproval, writeApproval } from '#signals/approval.ts';
import { deleteWait, waitsOf } from '#signals/event-wait.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll } from '#table/table.ts';
import { childrenOf } from '../children.ts';
import type { ExecutionPorts } from '../ports.ts';
import { stopExecution } from '../stop.ts';

/** A step that waits for somebody's answer. */
export interface WaitingTask {
  readonly taskToken: string;
  /** Takes back what the step was waiting for, once its task is answered. */
  withdraw(cause: string): Promise<void>;
}

/** What a step of an execution waits for: its command, an event, an approval, another execution, or a device; undefined for none of these. */
export async function findWaitingTask(
  ports: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  return (
    (await waitingCommand(ports, execution, path)) ??
    (await waitingForEvent(ports, execution, path)) ??
    (await waitingForApproval(ports, execution, path)) ??
    (await waitingForChild(ports, execution, path)) ??
    (await waitingForDevice(ports, execution, path))
  );
}

/** Ids of tasks are `<execution>:<path>:<attempt>`, and more where they were redriven. */
function isOf(id: string, execution: string, path: string): boolean {
  return id.startsWith(`${execution}:${path}:`);
}

async function waitingCommand(
  ports: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  const commands = await commandsOf(ports.table, execution);
  const open = commands.find(
    (command) => command.path === path && command.undoes === undefined && OPEN.includes(command.status),
  );
  if (open?.taskToken === undefined) return undefined;
  return { taskToken: open.taskToken, withdraw: (cause) => giveUpCommand(ports, open, cause) };
}

async function waitingForEvent(
  { table }: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  for await (const wait of waitsOf(table, execution)) {
    if (isOf(wait.id, execution, path))
      return { taskToken: wait.taskToken, withdraw: () => deleteWait(table, wait) };
  }
  return undefined;
}

async function waitingForApproval(
  { table }: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  const prefix = `${taskKeys.approvalPrefix}${path}:`;
  for await (const { sk } of queryAll(table, { partition: executionKeys.partition(execution), prefix })) {
    const id = `${execution}:${sk.slice(taskKeys.approvalPrefix.length)}`;
    const approval = await findApproval(table, id);
    if (approval?.status !== 'OPEN') continue;
    const withdraw = async (): Promise<void> => {
      const now = await findApproval(table, id);
      if (now?.status === 'OPEN')
        await writeApproval(table, { ...now, status: 'CANCELLED', revision: now.revision + 1 });
    };
    return { taskToken: approval.taskToken, withdraw };
  }
  return undefined;
}

async function waitingForChild(
  ports: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  for await (const child of childrenOf(ports, execution)) {
    if (!child.isAwaited || !isOf(child.id, execution, path)) continue;
    return {
      taskToken: child.taskToken,
      withdraw: async (cause) => void (await stopExecution(ports, child.execution, cause)),
    };
  }
  return undefined;
}

async function waitingForDevice(
  { table }: ExecutionPorts,
  execution: string,
  path: string,
): Promise<WaitingTask | undefined> {
  for await (const wait of routeWaitsOf(table, execution)) {
    if (isOf(wait.id, execution, path))
      return { taskToken: wait.request.taskToken, withdraw: () => endRouteWait(table, wait) };
  }
  return undefined;
}
