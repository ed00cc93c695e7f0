import { isDeepStrictEqual } from 'node:util';
import { ELIGIBLE } from '../core/request/commands.ts';
import type { PersonId } from '../core/ids.ts';
import type { Ledger, Session } from '../ledger/index.ts';
import type { Policy, Sight } from '../policy/index.ts';

/** The person who is signed in, what the policy lets them see, and in which zone they see times. */
export type Reader = Readonly<{
  person: PersonId;
  /** Their account at the identity provider. */
  account: string;
  name: string;
  sight: Sight;
  zone: string;
  /** The zone that the identity provider has for them. */
  ownZone: string;
  /** A script keeps a page up to date that they opened before. */
  isRefresh: boolean;
}>;

export type ReaderDeps = Readonly<{ ledger: Pick<Ledger, 'useSession'>; policy: Policy }>;

/**
 * Who reads in a session; undefined when it has ended, or when people.yaml does not give its account to its person any more. While the
 * policy cannot be read, they see what is their own.
 */
export async function readerOf(
  { ledger, policy }: ReaderDeps,
  idHash: Buffer,
  { isRefresh }: Readonly<{ isRefresh: boolean }>,
): Promise<Reader | undefined> {
  const session = await ledger.useSession(idHash, { isSeen: !isRefresh });
  if (!session || !(await isStill(policy, session))) return undefined;
  const { person, account, zone, ownZone } = session;
  const known = (await policy.lastKnown())?.directory.people.get(person);
  const sight = await policy.sightOf(person);
  return { person, account, name: known?.name ?? person, sight, zone, ownZone, isRefresh };
}

/** Whether somebody who is signed in may still see just what they could see when they began to read something long. */
export async function isStillReader(
  deps: ReaderDeps,
  idHash: Buffer | undefined,
  { sight }: Pick<Reader, 'sight'>,
): Promise<boolean> {
  const now = idHash && (await readerOf(deps, idHash, { isRefresh: true }));
  return now !== undefined && isDeepStrictEqual(now.sight, sight);
}

/** Whether the account is still that of the person, and the person may still use Curfew, as far as the policy can be read. */
async function isStill(policy: Policy, { person, account }: Session): Promise<boolean> {
  const owner = await policy.ownerOf('oidc', account);
  if (!owner.ok) return true;
  return owner.value === person && (await policy.mayAct(person)).kind === ELIGIBLE.kind;
}
