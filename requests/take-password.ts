import { messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import type { DeliveredSecret, Lease, Ledger } from '../ledger/index.ts';
import type { Provider } from '../providers/provider.ts';
import { secretContext } from './secret-context.ts';

export type TakePasswordDeps = Readonly<{
  ledger: Pick<Ledger, 'readLease' | 'takeSecret'>;
  /** The providers by name. They only describe a target and write a credential; no vendor is called. */
  describers: ReadonlyMap<string, Provider>;
  openSecret: (sealed: Buffer, context: string) => string;
}>;

/** What its requester is shown once. */
export type Password = Readonly<{ text: string; endsAt: Instant }>;

/** The secret was sealed with another key, or it was changed. It stays in the ledger. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/**
 * The credential that was delivered by a click, as its provider writes it; undefined when there is none. It stays in the
 * ledger until `eraseSecret`, so that it is not lost when nobody shows it.
 */
export async function takePassword(
  { ledger, describers, openSecret }: TakePasswordDeps,
  delivered: DeliveredSecret,
): Promise<Password | undefined> {
  const [lease, sealed] = [await ledger.readLease(delivered.lease), await ledger.takeSecret(delivered)];
  if (!lease || !sealed) return undefined;
  const secret = unsealed(() => openSecret(sealed, secretContext(lease)));
  return issued(lease, secret, describers.get(lease.target.provider));
}

/** The credential that the provider makes from the secret. When it makes none, the secret itself is shown until the end of the lease. */
async function issued(lease: Lease, secret: string, provider: Provider | undefined): Promise<Password> {
  const { id, target, endsAt, holding } = lease;
  const parsed = provider?.parseTarget(target.spec);
  if (!provider?.issue || !parsed?.ok || !holding) return { text: secret, endsAt };
  const { subject } = holding;
  const intent = { lease: id, subject, target: parsed.value, level: provider.level(parsed.value), endsAt };
  return provider.issue(intent, { secret });
}

function unsealed(open: () => string): string {
  try {
    return open();
  } catch (error) {
    throw new SecretUnreadable(`the secret cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}
