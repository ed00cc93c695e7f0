import { messageOf } from '../core/faults.ts';
import type { Instant, LeaseId, PersonId } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { Click, Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';
import { actorOf } from './actor.ts';
import { secretContext } from './secret-context.ts';

export type DeliverDeps = Readonly<{
  ledger: Pick<Ledger, 'readAccountCheck' | 'readLease' | 'deliver' | 'storeOutcome' | 'recordRefusal'>;
  policy: Pick<Policy, 'mayAct' | 'ownerOf'>;
  /** The providers by name. They only describe a target and write a credential; no vendor is called. */
  describers: ReadonlyMap<string, Provider>;
  openSecret: (sealed: Buffer, context: string) => string;
}>;

/** What a requester gets for a click on "Show my password". `credential` is shown once. */
export type Delivered = Readonly<
  | { kind: 'credential'; text: string; endsAt: Instant }
  | { kind: 'none' }
  | { kind: 'refused'; refusal: Refusal }
>;

/** The secret was sealed with another key, or it was changed. It stays in the ledger. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/**
 * Delivers the credential of a lease to its requester, once. It needs no workflow, and no vendor is called. Every
 * step that can fail comes before the secret leaves the ledger. It throws while the account is not checked (T45).
 */
export async function deliver(deps: DeliverDeps, lease: LeaseId, click: Click): Promise<Delivered> {
  const { ledger } = deps;
  const { id, via } = click;
  if (!click.person) return refuse(deps, click, { code: 'unknown-person' }); // whatever the account is
  const actor = await actorOf(deps, click);
  if (!actor) throw new Error('the account of this click is not checked yet');
  if (!actor.ok) return refuse(deps, click, actor.error);
  const by = actor.value;
  const refusal = await refusalOfLeaver(deps, by);
  if (refusal) return refuse(deps, click, refusal);
  const open = await credentialOpener(deps, lease);
  const { recorded, secret } = await ledger.deliver({ lease, by, click: id, via, open });
  const { outcome, state } = recorded;
  const settled = outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error };
  await ledger.storeOutcome(id, settled).catch(() => undefined); // No dispatcher takes this kind of click.
  if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
  if (secret === undefined || state.kind !== 'active') return { kind: 'none' };
  return { kind: 'credential', text: secret, endsAt: state.endsAt };
}

/** Who left gets no password any more, also before the access is revoked (I17). */
async function refusalOfLeaver({ policy }: DeliverDeps, by: PersonId): Promise<Refusal | undefined> {
  const standing = await policy.mayAct(by);
  if (standing.kind === 'eligible') return undefined;
  return standing.kind === 'unknown'
    ? { code: 'not-allowed', why: standing.why }
    : { code: 'unknown-person' };
}

/** Opens the secret of a lease, and writes it as the credential of the lease's provider. */
async function credentialOpener({ ledger, describers, openSecret }: DeliverDeps, id: LeaseId) {
  const lease = await ledger.readLease(id);
  const provider = lease && describers.get(lease.target.provider);
  const target = lease && provider?.parseTarget(lease.target.spec);
  return (sealed: Buffer): string => {
    const secret = unsealed(() => openSecret(sealed, lease ? secretContext(lease) : ''));
    return target?.ok ? (provider?.credential?.(id, target.value, secret) ?? secret) : secret;
  };
}

function unsealed(open: () => string): string {
  try {
    return open();
  } catch (error) {
    throw new SecretUnreadable(`the secret cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

/** Records the refused attempt like any other (I19). */
async function refuse({ ledger }: DeliverDeps, click: Click, refusal: Refusal): Promise<Delivered> {
  await ledger.recordRefusal(
    { request: click.request, name: `click/${click.id}`, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  await ledger.storeOutcome(click.id, { kind: 'refused', refusal });
  return { kind: 'refused', refusal };
}
