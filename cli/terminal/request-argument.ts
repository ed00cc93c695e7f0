import { parseRequestId, type RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { CommandError } from './exit.ts';
import { utc } from './output.ts';
import { suggestion } from './known-names.ts';

type Requests = Pick<Ledger, 'requestsEndingIn' | 'listRequests' | 'purgedBefore'>;

/** Finds a request by its id, or by the last letters of its id when no other id ends with them. */
export async function requestNamed(ledger: Requests, text: string): Promise<RequestId> {
  const whole = parseRequestId(text);
  if (whole.ok) return whole.value;
  if (!/^[0-9a-z]{4,26}$/.test(text))
    throw new CommandError(
      'usage',
      `"${text.slice(0, 80)}" is not the id of a request. "curfew list --all" shows the ids.`,
    );
  const found = await ledger.requestsEndingIn(text);
  const [only] = found;
  if (!only) throw await noRequest(ledger, text);
  if (found.length > 1)
    throw new CommandError(
      'usage',
      `Several requests end with ${text}: ${found.join(', ')}. Type more letters.`,
    );
  return only;
}

const SHORT = 8;
/** As many requests are compared with what was typed. */
const COMPARED = 500;

/** The error for a request that does not exist. It names the newest request whose id ends in almost the same letters. */
export async function noRequest(
  ledger: Pick<Requests, 'listRequests' | 'purgedBefore'>,
  text: string,
): Promise<CommandError> {
  const newest = await ledger.listRequests({ limit: COMPARED });
  // Requests of one time begin alike, so only the ends of the ids are compared.
  const typed = text.slice(-SHORT);
  const ends = newest.map(({ id }) => id.slice(-typed.length));
  const guess = suggestion(typed, ends);
  const purged = await ledger.purgedBefore();
  const removed =
    purged === undefined
      ? ''
      : ` Those that were made before ${utc(purged)} were removed: the exports of the log have them.`;
  return new CommandError(
    'notFound',
    `There is no request ${text}.${guess} "curfew list --all" shows all requests.${removed}`,
  );
}
