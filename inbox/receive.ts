import type { WebClient } from '@slack/web-api';
import { uuidv7 } from 'uuidv7';
import { clickIdOfRequest, clickIdOf, type PersonId, type RequestId, requestIdOf } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { Click, Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';

/** Who did something, as Slack's signed payload says it. Never taken from what the person typed (B32). */
export type Caller = Readonly<{ user: string; team: string | undefined; channel: string | undefined }>;

export type Inbox = Readonly<{
  /** Who this is, by the people file as it last could be read. What they may is judged by the one of now. */
  personOf(caller: Caller): Promise<PersonId | null>;
  /** Writes what a person did. Slack is told that we have it only after this returns (I16). */
  receive(caller: Caller, done: Action): Promise<Click>;
  /** Writes down an ask that was turned down before it was one. */
  refuseRequest(caller: Caller, refusal: Refusal): Promise<void>;
}>;

const endsAccess = (kind: Click['kind']): boolean => kind === 'end' || kind === 'withdraw';

type Action = Click extends infer Each
  ? Each extends Click
    ? Pick<Each, 'kind' | 'body'> & { request?: Click['request'] }
    : never
  : never;

export function openInbox({ ledger, policy, team }: { ledger: Ledger; policy: Policy; team: string }): Inbox {
  const isForeign = (caller: Caller): boolean => caller.team !== undefined && caller.team !== team;
  // While the people file is broken, who somebody is stays known: giving access back must not wait (I14).
  const personOf = async (caller: Caller): Promise<PersonId | null> =>
    isForeign(caller) ? null : ((await policy.lastKnownPersonOf('slack', caller.user))?.id ?? null);
  // Who asked may give it back, also when the file has forgotten them, or was broken from the start.
  const asker = async (caller: Caller, request: RequestId): Promise<PersonId | null> => {
    const ask = isForeign(caller) ? undefined : await ledger.readClick(clickIdOfRequest(request));
    return ask?.via === 'slack' && ask.account === caller.user ? ask.person : null;
  };
  return {
    personOf,
    async receive(caller, { request, ...done }) {
      const id = clickIdOf(uuidv7());
      const click = {
        ...done,
        id,
        request: request ?? requestIdOf(id),
        via: 'slack',
        account: caller.user,
        person:
          (await personOf(caller)) ??
          (endsAccess(done.kind) && request ? await asker(caller, request) : null),
        body: {
          ...storable(done.body),
          ...(caller.channel === undefined ? {} : { channel: caller.channel }),
        },
      } as Click;
      await ledger.writeClick(click);
      return click;
    },
    async refuseRequest(caller, refusal) {
      const request = requestIdOf(clickIdOf(uuidv7()));
      const refused = { by: await personOf(caller), tried: 'request', refusal };
      await ledger.recordRefusal({ request, name: 'open', via: 'slack' }, refused);
    },
  };
}

/** Postgres keeps neither NUL nor half a character: such text is taken for none, and refused as that. */
const storable = (body: Click['body']): Click['body'] =>
  Object.fromEntries(
    Object.entries(body).map(([field, text]) => [
      field,
      text.isWellFormed() && !text.includes('\u0000') ? text : '',
    ]),
  );

type Flags = Readonly<{
  id?: string;
  team_id?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  is_stranger?: boolean;
}>;

/**
 * Asks Slack, at the decision, what kind of account this is. Guests, outsiders, bots and deactivated people are
 * refused, and so is an account of which Slack does not say (T07). An error is thrown: unknown is not yes.
 */
export const accountCheck =
  (client: WebClient, team: string) =>
  async (click: Click): Promise<Refusal | undefined> => {
    if (click.via !== 'slack') return undefined;
    const { user } = await client.users.info({ user: click.account });
    const why = accountRefusal((user ?? {}) as Flags, team);
    return why && { code: 'not-a-member', why };
  };

/** Why this account may not act, or nothing. https://docs.slack.dev/reference/objects/user-object */
export function accountRefusal(
  user: Flags,
  team: string,
): Extract<Refusal, { code: 'not-a-member' }>['why'] | undefined {
  if (user.deleted === true) return 'deactivated';
  if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger === true) return 'outsider';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'guest';
  if (user.team_id !== undefined && user.team_id !== team) return 'other-workspace';
  // `is_stranger` is only sent for shared channels; the others always are.
  const said = [user.deleted, user.is_bot, user.is_restricted, user.is_ultra_restricted];
  return user.team_id === undefined || said.some((flag) => typeof flag !== 'boolean') ? 'unknown' : undefined;
}
