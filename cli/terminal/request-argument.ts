import { parseRequestId, type RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { CommandError } from './exit.ts';

/** Finds a request by its id, or by the last letters of its id when no other id ends with them. */
export async function requestNamed(ledger: Ledger, text: string): Promise<RequestId> {
  const whole = parseRequestId(text);
  if (whole.ok) return whole.value;
  if (!/^[0-9a-z]{4,26}$/.test(text))
    throw new CommandError(
      'usage',
      `"${text.slice(0, 80)}" is not the id of a request. "curfew list --all" shows the ids.`,
    );
  const found = await ledger.requestsEndingIn(text);
  const [only] = found;
  if (!only)
    throw new CommandError(
      'notFound',
      `There is no request ${text}. "curfew list --all" shows all requests.`,
    );
  if (found.length > 1)
    throw new CommandError(
      'usage',
      `Several requests end with ${text}: ${found.join(', ')}. Type more letters.`,
    );
  return only;
}
