import { parseRequestId, type RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { CommandError } from './exit.ts';

/** A request by its id, or by the last letters of one when no other ends so. */
export async function requestNamed(ledger: Ledger, text: string): Promise<RequestId> {
  const whole = parseRequestId(text);
  if (whole.ok) return whole.value;
  if (!/^[0-9a-z]{4,26}$/.test(text))
    throw new CommandError('usage', `"${text.slice(0, 80)}" is not a request. "curfew list" shows them.`);
  const found = await ledger.requestsEndingIn(text);
  const [only] = found;
  if (!only) throw new CommandError('notFound', `There is no request ${text}. "curfew list" shows them.`);
  if (found.length > 1)
    throw new CommandError('usage', `Several requests end in ${text}: ${found.join(', ')}`);
  return only;
}

/** The last letters of an id: enough for a person to tell requests apart, and to type. */
export const shortOf = (request: RequestId): string => request.slice(-8);
