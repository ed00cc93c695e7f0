import type { ClickId } from '../core/ids.ts';
import { type ClickOutcome, waitForOutcome } from '../inbox/click-outcome.ts';
import { type Action, receive } from '../inbox/receive.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Reader } from './reader.ts';

/** How long a browser waits for the decision of a worker, in milliseconds. What a person did is stored before. */
const DECIDED_WITHIN_MS = 5_000;

/** What became of what a person did. Without an outcome no worker has decided it yet. */
export type Acted = Readonly<{ click: ClickId; outcome: ClickOutcome | undefined }>;

/** Stores what a reader does, as every channel does, and waits a moment for its decision. */
export async function act(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  { person, account }: Reader,
  action: Action,
): Promise<Acted> {
  const { id } = await receive({ ledger }, { via: 'console', account, person }, action);
  return { click: id, outcome: await waitForOutcome(ledger, id, DECIDED_WITHIN_MS) };
}
