import { uuidv7 } from 'uuidv7';
import { type ClickId, clickIdOf, type PersonId, requestIdOf } from '../core/ids.ts';
import type { RequestRefusal } from '../core/request/refusals.ts';
import type { AnswerBody, Click, Ledger, RequestBody } from '../ledger/index.ts';

/** Who acts, and through which channel. The account was verified by that channel, never typed by the person (B32). */
export type Caller = Readonly<{
  via: Click['via'];
  account: string;
  /** The person of the account; null when nobody has it. */
  person: PersonId | null;
  /** Where a refusal can be shown to the person. */
  channel?: string;
  /** The channel's own id of what the person did. What it delivers again has the same one (F18). */
  source?: string;
}>;

/** What a person does. Without `request` it opens a new request, whose id is made from the click's. */
export type Action = Readonly<
  { request?: Click['request'] } & (
    | { kind: 'request'; body: Required<RequestBody> }
    | { kind: Exclude<Click['kind'], 'request'>; body: AnswerBody }
  )
>;

const newClickId = (): ClickId => clickIdOf(uuidv7());

/** Stores what a person did, and returns the click. A channel acknowledges only after this returned (I16). */
export async function receive(
  { ledger }: Readonly<{ ledger: Pick<Ledger, 'writeClick'> }>,
  { via, account, person, channel, source }: Caller,
  { request, ...action }: Action,
): Promise<Click> {
  const id = newClickId();
  const click = {
    ...action,
    id,
    request: request ?? requestIdOf(id),
    via,
    account,
    person,
    body: { ...storable(action.body), ...(channel === undefined ? {} : { channel }) },
  } as Click;
  return ledger.writeClick(click, source);
}

/** Records a request that was refused before it became a click. */
export async function refuseRequest(
  { ledger }: Readonly<{ ledger: Pick<Ledger, 'recordRefusal'> }>,
  { via, person }: Caller,
  refusal: RequestRefusal,
): Promise<void> {
  const step = { request: requestIdOf(newClickId()), name: 'open', via };
  await ledger.recordRefusal(step, { by: person, tried: 'request', refusal });
}

/** Postgres stores neither NUL nor half a surrogate pair. Such a text becomes empty, and is refused as empty. */
const storable = (body: Click['body']): Click['body'] =>
  Object.fromEntries(
    Object.entries(body).map(([field, text]) => [
      field,
      text.isWellFormed() && !text.includes('\u0000') ? text : '',
    ]),
  );
