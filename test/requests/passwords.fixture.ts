import type { Click } from '../../ledger/index.ts';
import { uuidv7 } from 'uuidv7';
import type { AccountFacts } from '../../core/account.ts';
import { clickIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { takePassword, type TakePasswordDeps } from '../../requests/take-password.ts';
import { memberFacts } from '../core/account.fixture.ts';
import { firstLease, type RequestsFixture, slackAccountOf } from './requests.fixture.ts';
import { approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

/** An active request whose credential waits for its requester. */
export async function withPassword(
  fixture: RequestsFixture,
  entitlement = 'login',
  person = 'ana',
): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement, person });
  for (const { id } of await fixture.ledger.leasesOf(request))
    await grantLease(fixture.deps, { lease: id, ...attempt });
  return request;
}

type Press = Readonly<{
  by?: string | null;
  lease?: string;
  /** What Slack says about the account; null while it says nothing. */
  factsOf?: ((account: string) => AccountFacts) | null;
}>;

/** A click on the password button of a request, in the inbox. */
export async function pressed(
  { ledger }: RequestsFixture,
  request: RequestId,
  { by = 'ana', lease = firstLease(request), factsOf = memberFacts }: Press = {},
): Promise<Click<'deliver'>> {
  const id = clickIdOf(uuidv7());
  const [account, person] = [slackAccountOf(by), by as PersonId | null];
  const body = { lease } as Click<'deliver'>['body'];
  const click = { id, request, via: 'slack', account, person, kind: 'deliver', body } as const;
  await ledger.writeClick(click);
  if (factsOf) await ledger.storeAccountCheck(id, factsOf(account));
  return click;
}

/** Decides a click on the password button, as the dispatcher does it. */
export async function decided(fixture: RequestsFixture, ...press: readonly [RequestId, Press?]) {
  const click = await pressed(fixture, ...press);
  const { outcome } = await decideClick(fixture.deps, click);
  return { click: click.id, lease: click.body.lease ?? firstLease(click.request), outcome };
}

/** What a gateway shows after the click was decided. */
export const taken = (
  { deps, ledger }: RequestsFixture,
  delivered: Parameters<typeof takePassword>[1],
  more: Partial<TakePasswordDeps> = {},
) => takePassword({ ledger, describers: deps.providers, openSecret: deps.sealer.open, ...more }, delivered);
