import type { Instant, Minutes, PersonId, RequestId } from '../core/ids.ts';
import { extendable, lengthGiven } from '../core/request/extension.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { ExtensionDetails, Requirements } from '../core/request/state.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { Click } from '../ledger/index.ts';
import { checkedActorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { QUARANTINE_REFUSAL } from './quarantine.ts';
import { type Decision, refuseClick, stepOf } from './refuse-click.ts';
import type { RequestView } from './view.ts';

type ExtendDeps = Pick<Deps, 'ledger' | 'policy'>;

/** By how much this person can extend the access, or why not. */
export async function lengthLeft(
  { policy }: Pick<Deps, 'policy'>,
  { state, now }: Pick<RequestView, 'state' | 'now'>,
  by: PersonId,
): Promise<Result<Minutes, Refusal>> {
  const active = extendable(state, { by, at: now });
  if (!active.ok) return active;
  const entitlement = await policy.entitlementNamed(active.value.details.entitlement);
  const problem = await policy.problem();
  if (!entitlement)
    return no({ code: 'not-allowed', why: problem ?? 'the entitlement is no longer in the catalogue' });
  const { longest } = entitlement;
  const left = Math.max(longest - lengthGiven(active.value), 0) as Minutes;
  return left > 0 ? ok(left) : no({ code: 'too-long-in-total', longest, left });
}

/** What a person wants: how much longer, and why, as they wrote it. */
type TypedExtension = Readonly<{ request: RequestId; by: PersonId; length: string; reason: string }>;

/** An extension that the policy allows. `from` is the end that the access has. Without `lapsesAt`, which the ledger's clock decides. */
type AllowedExtension = Readonly<{
  by: PersonId;
  from: Instant;
  extension: ExtensionDetails;
  requirements: Omit<Requirements, 'lapsesAt'>;
  waitMinutes: Minutes;
}>;

/**
 * Judges a person who requests a later end, and opens the extension for its approvers or records the refusal. It throws while
 * the account is not checked (T45). It has its effect once, however often it runs.
 */
export async function recordExtension(deps: ExtendDeps, click: Click<'extend'>): Promise<Decision> {
  const { ledger } = deps;
  const written = ledger.salted(reasonOf(click.body));
  const judged = await judgeClick(deps, click, written.hash);
  if (!judged.ok) return refuseClick(ledger, click, judged.error);
  const { by, from, extension, requirements, waitMinutes } = judged.value;
  return ledger.record({
    ...stepOf(click),
    command: (_state, at) => {
      // Nobody waits for an answer after the access is over.
      const lapsesAt = Math.min(at + waitMinutes * 60_000, from) as Instant;
      return { kind: 'extend', by, from, extension, requirements: { ...requirements, lapsesAt }, at };
    },
    freeText: { kind: 'extension', ...written },
  });
}

const reasonOf = ({ reason = '' }: Click<'extend'>['body']): string => reason.trim();

/** Judges the account, the person and the extension. What the form refused already is refused. */
async function judgeClick(
  deps: ExtendDeps,
  click: Click<'extend'>,
  reasonHash: string,
): Promise<Result<AllowedExtension, Refusal>> {
  const actor = await checkedActorOf(deps, click);
  const { request, body } = click;
  if (!actor.ok) return actor;
  if (await deps.ledger.isQuarantined()) return no(QUARANTINE_REFUSAL);
  if (body.refusal) return no(body.refusal);
  const wanted = { request, by: actor.value, length: body.length, reason: reasonOf(body) };
  return judgeExtension(deps, wanted, reasonHash);
}

/**
 * Judges an extension on the state of this moment, as its form does before it is sent. What the worker judges later counts, with the
 * salted hash of the reason.
 */
export async function judgeExtension(
  { ledger, policy }: ExtendDeps,
  { request, by, length, reason }: TypedExtension,
  reasonHash = '',
): Promise<Result<AllowedExtension, Refusal>> {
  const { state, at } = await ledger.readState(request);
  const active = extendable(state, { by, at });
  if (!active.ok) return active;
  const { details, requirements, endsAt } = active.value;
  const [targets, shown] = await Promise.all([ledger.readTargets(request), ledger.readShown(request)]);
  const judged = await policy.judgeExtension(
    { details, requirements, endsAt, given: lengthGiven(active.value), targets, shown },
    { person: by, length, reason, reasonHash },
  );
  if (!judged.ok) return no(judged.error);
  const { extension, stages, policy: digest, waitMinutes } = judged.value;
  return ok({ by, from: endsAt, extension, requirements: { stages, policy: digest }, waitMinutes });
}
