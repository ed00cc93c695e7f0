import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { ClickKind } from '../core/click-kinds.ts';
import { type ClickId, clickIdOf, type PersonId, requestIdOf } from '../core/ids.ts';
import { OverLimit } from '../core/person-limits.ts';
import type { RequestRefusal } from '../core/request/refusals.ts';
import type { Click, ClickBody, Ledger } from '../ledger/index.ts';

/** Who acts, and through which channel. The account was verified by that channel, never typed by the person (B32). */
export type Caller = Readonly<{
  via: Click['via'];
  account: string;
  /** The person of the account; null when nobody has it. */
  person: PersonId | null;
  /** Where a refusal can be shown to the person. */
  channel?: string;
  /** The message whose button was pressed. */
  message?: string;
  /** The channel's own id of what the person did. What it delivers again has the same one (F18). */
  source?: string;
  /** The id that Curfew gave to the form of a request when it was opened, as `newFormId` makes it. */
  form?: string;
}>;

/** The body of a click. A form for a request or for an extension always sends a reason. */
type SentBody<Kind extends ClickKind> = Kind extends 'request' | 'extend'
  ? ClickBody<Kind> & Readonly<{ reason: string }>
  : ClickBody<Kind>;

/** The act of a person. Without `request` it opens a new request, whose id is made from the click's. */
export type Action = {
  [Kind in ClickKind]: Readonly<{ request?: Click['request']; kind: Kind; body: SentBody<Kind> }>;
}[ClickKind];

const newClickId = (): ClickId => clickIdOf(uuidv7());

/** Names a form that is opened now. Whoever submits it brings the name back. */
export const newFormId = (): string => uuidv7();

export const FORM_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * One form with one content is one request, also when the ledger lost the click in a failover and the form is delivered again (F05,
 * F18). The id begins with the time of the form, as every id begins with a time.
 */
function clickIdOfForm(form: string, content: unknown): ClickId {
  const hash = createHash('sha256')
    .update(JSON.stringify([form, content]))
    .digest('hex');
  return clickIdOf(`${form.slice(0, 15)}${hash.slice(0, 3)}8${hash.slice(3, 18)}`);
}

/** Stores what a person did, and returns the click. A channel acknowledges only after this returned (I16). */
export async function receive(
  { ledger }: Readonly<{ ledger: Pick<Ledger, 'writeClick'> }>,
  { via, account, person, channel, message, source, form }: Caller,
  { request, ...action }: Action,
): Promise<Click> {
  const isOfForm = action.kind === 'request' && form !== undefined && FORM_ID.test(form);
  const id = isOfForm ? clickIdOfForm(form, [via, account, action.body]) : newClickId();
  const click = {
    ...action,
    id,
    request: request ?? requestIdOf(id),
    via,
    account,
    person,
    body: {
      ...storable(action.body),
      ...(channel === undefined ? {} : { channel }),
      ...(message === undefined ? {} : { message }),
    },
  } as Click;
  return ledger.writeClick(click, source);
}

/**
 * Stores a request that was refused in its form. Its person read that already. The refusal is recorded where every click
 * is decided.
 */
export async function refuseRequest(
  { ledger }: Readonly<{ ledger: Pick<Ledger, 'writeClick'> }>,
  { via, account, person, source }: Caller,
  refusal: RequestRefusal,
): Promise<void> {
  const id = newClickId();
  const body = storable({ entitlement: '', length: '', refusal });
  const click = { id, request: requestIdOf(id), kind: 'request', via, account, person, body } as const;
  await ledger.writeClick(click, source).catch((error: unknown) => {
    if (!(error instanceof OverLimit)) throw error; // It is counted, and the form shows the refusal.
  });
}

/** Postgres stores neither NUL nor half a surrogate pair. Such a text becomes empty. An empty reason or note is refused. */
const storable = <T extends object>(body: T): T =>
  JSON.parse(JSON.stringify(body), (_field, value: unknown) =>
    typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()) ? '' : value,
  ) as T;
