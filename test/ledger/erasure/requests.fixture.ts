import { expect } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import type { RequestId } from '../../../core/ids.ts';
import type { Command } from '../../../core/request/commands.ts';
import { textHash } from '../../../ledger/salted-text.ts';
import { ana, answer, ask, bo, denyExtension, extend } from '../../core/request/request.fixture.ts';
import {
  approve,
  confirmGranted,
  confirmRevoked,
  end,
  newRequest,
  observed,
  opening,
  shown,
  stepOf,
  target,
} from '../ledger.fixture.ts';
import { ledger, rows } from '../own-ledger.fixture.ts';
import { word } from './words.fixture.ts';

/** The vendor `plain` has no ids of its own: the id of an account is its name. */
const PLAIN = 'plain';
/** Begins the name of the account there. It stays as an id, so it is not the word of the others. */
export const NAME_AS_ID = 'wombat';

/** The accounts of ana. */
export const ACCOUNTS = ['fake', 'other', PLAIN].map((provider) => ({
  ...target,
  provider,
  account: `${provider === PLAIN ? NAME_AS_ID : 'Quokka'}-at-${provider}`,
  lockKey: `thing-of-${provider}`,
}));

/** The vendor's id of an account. */
const vendorIdOf = (provider: string, account: string): string =>
  provider === PLAIN ? account : `id-at-${provider}`;

/** A step with a text that somebody wrote. */
export const said = async (
  request: RequestId,
  kind: 'denial' | 'question' | 'answer' | 'extension',
  command: Parameters<typeof stepOf>[2],
) => {
  const { outcome } = await ledger.record({
    ...stepOf(request, `click/${uuidv7()}`, command),
    freeText: { kind, salt: 's', body: word(kind) },
  });
  expect(outcome).toMatchObject({ ok: true });
};

const mine = { name: 'Quokka Ferreira', slack: 'U1' };
/** What a request of ana has. */
export const more = {
  targets: ACCOUNTS,
  shown: { ...shown, requester: mine },
  reason: { salt: 's', body: word('reason') },
};

/** A request of ana with two targets that was granted, with every text that a request can have. */
export async function longRequest(): Promise<RequestId> {
  const id = newRequest();
  await ledger.open(opening(id, more));
  await said(id, 'question', (at) => ask(bo, at));
  await said(id, 'answer', (at) => answer(ana, at));
  await ledger.record(approve(id));
  for (const lease of await ledger.leasesOf(id)) {
    const { provider, account, lockKey } = lease.target;
    await ledger.withLock(`${provider}\n${lockKey}\n${account.toLowerCase()}`, () => Promise.resolve());
    const subject = { id: vendorIdOf(provider, account), name: account };
    await ledger.intend({
      lease,
      observed: { ...observed, subject, key: lockKey },
      level: 'write',
      via: 'workflow',
    });
    await ledger.record(confirmGranted(lease, `${account} has write`));
  }
  await said(id, 'extension', (at, state) => {
    if (state.kind !== 'active') throw new Error('the request is not active');
    const command = extend(at, { from: state.endsAt }) as Extract<Command, { kind: 'extend' }>;
    const reasonHash = textHash('s', word('extension'));
    return { ...command, extension: { ...command.extension, reasonHash } };
  });
  await said(id, 'denial', (at) => denyExtension(bo, at));
  return id;
}

/** Ends a request. Nobody has anything left to do about its access. */
export async function endedAndSettled(request: RequestId): Promise<void> {
  await ledger.record(end(request));
  for (const lease of await ledger.leasesOf(request)) await ledger.record(confirmRevoked(lease));
  await settle();
}

/** As when the last looks at the accesses, and what the manifest needs, are done. */
export async function settle(): Promise<void> {
  await rows('update access_check set next_at = null, problem = null');
  await rows('update use_plan set next_at = null');
  await rows(`update manifest_entry set written = wanted, state = 'over'`);
}
