import { clickIdOfRequest, type PersonId, type RequestId } from '../../core/ids.ts';
import { endsAccess } from '../../core/request/commands.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import { type Action, receive, refuseRequest } from '../../inbox/receive.ts';
import type { Click, Ledger } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';

/** Who acts, as Slack's signed payload says. Nothing of it is typed by the person (B32). */
export type SlackCaller = Readonly<{
  user: string;
  team: string | undefined;
  channel: string | undefined;
  /** The message whose button was pressed. */
  message?: string | undefined;
  /** Slack's id of this one interaction. A payload that Slack, or an attacker, sends again has the same one. */
  trigger?: string | undefined;
  /** The id of the form that was submitted. Slack returns it as Curfew gave it when the form was opened. */
  form?: string | undefined;
}>;

export type Inbox = Readonly<{
  /** Who the caller is by the people file as it was last readable. What they may do is judged by the current file. */
  personOf(caller: SlackCaller): Promise<PersonId | null>;
  /** Stores what a person did. Slack gets its acknowledgement only after this returned (I16). */
  receive(caller: SlackCaller, action: Action): Promise<Click>;
  /** Stores a request that was refused in its form, so that the refusal is recorded. */
  refuseRequest(caller: SlackCaller, refusal: RequestRefusal): Promise<void>;
}>;

type InboxDeps = Readonly<{ ledger: Ledger; policy: Policy; team: string }>;

/** The inbox for one Slack workspace. `team` is the workspace's id. */
export function openInbox({ ledger, policy, team }: InboxDeps): Inbox {
  const isForeign = (caller: SlackCaller): boolean => caller.team !== undefined && caller.team !== team;
  // People stay known while the people file is broken, because ending access must not wait for it (I14).
  const personOf = async (caller: SlackCaller): Promise<PersonId | null> =>
    isForeign(caller) ? null : ((await policy.lastKnownPersonOf('slack', caller.user))?.id ?? null);
  // A requester may end their access also when the people file no longer names them.
  const requesterOf = async (caller: SlackCaller, request: RequestId): Promise<PersonId | null> => {
    const click = isForeign(caller) ? undefined : await ledger.readClick(clickIdOfRequest(request));
    return click?.via === 'slack' && click.account === caller.user ? click.person : null;
  };
  const verified = ({ user, channel, message, trigger, form }: SlackCaller, person: PersonId | null) => ({
    via: 'slack' as const,
    account: user,
    person,
    ...(channel === undefined ? {} : { channel }),
    ...(message === undefined ? {} : { message }),
    ...(trigger === undefined ? {} : { source: trigger }),
    ...(form === undefined ? {} : { form }),
  });
  return {
    personOf,
    async receive(caller, action) {
      const { kind, request } = action;
      const mayBeRequester = endsAccess(kind) && request !== undefined;
      const person = (await personOf(caller)) ?? (mayBeRequester ? await requesterOf(caller, request) : null);
      return receive({ ledger }, verified(caller, person), action);
    },
    refuseRequest: async (caller, refusal) =>
      refuseRequest({ ledger }, verified(caller, await personOf(caller)), refusal),
  };
}
