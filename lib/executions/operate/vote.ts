import { type Approval, getApproval } from '#signals/approval.ts';
import { type Said, vote } from '#signals/vote.ts';
import type { ExecutionPorts } from '../ports.ts';
import { recorded } from './action.ts';

/**
 * Takes what a person says to an approval, and puts it on record with what operators have done to the execution; also what is
 * refused, and what they say instead later. Throws what {@link vote} does.
 */
export async function voteOnApproval(ports: ExecutionPorts, id: string, said: Said): Promise<Approval> {
  const { execution, path } = await getApproval(ports.table, id);
  const { by, decision, comment, via = 'api' } = said;
  const asked = { by, reason: comment, operation: decision, details: { path, via }, execution };
  return recorded(ports, asked, () => vote(ports, id, said));
}
