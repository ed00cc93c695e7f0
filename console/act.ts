import { type ClickId, parseClickId } from '../core/ids.ts';
import { type ClickOutcome, waitForOutcome } from '../inbox/click-outcome.ts';
import { type Action, receive } from '../inbox/receive.ts';
import type { OwnClick } from '../ledger/index.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Reader } from './reader.ts';

/** How long a browser waits for the decision of a worker, in milliseconds. What a person did is stored before. */
const DECIDED_WITHIN_MS = 5_000;

/** What became of what a person did. Without an outcome no worker has decided it yet. */
export type ActResult = Readonly<{ click: ClickId; kind: Action['kind']; outcome: ClickOutcome | undefined }>;

/** Stores what a reader does, as every channel does, and waits a moment for its decision. */
export async function act(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  { person, account }: Reader,
  action: Action,
): Promise<ActResult> {
  const { id } = await receive({ ledger }, { via: 'console', account, person }, action);
  return { click: id, kind: action.kind, outcome: await waitForOutcome(ledger, id, DECIDED_WITHIN_MS) };
}

/**
 * What the reader did on this page, by the id in its address. An id that is not that of a click of theirs, or that of a click on another
 * page (`isHere`), shows nothing: a link can promise nobody what did not happen.
 */
export async function readActed(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  { person }: Pick<Reader, 'person'>,
  typed: string | undefined,
  isHere: (click: OwnClick) => boolean,
): Promise<ActResult | undefined> {
  const id = parseClickId(typed ?? '');
  const click = id.ok ? await ledger.ownClick(id.value, person) : undefined;
  if (!click || !isHere(click)) return undefined;
  const { kind, outcome } = click;
  return { click: click.id, kind, outcome: (outcome ?? undefined) as ClickOutcome | undefined };
}
