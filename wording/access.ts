import type { GrantedAccess, KnownGrants } from '../core/request/access.ts';
import type { Ending, EventOf } from '../core/request/events.ts';
import { endingPhrase } from './endings.ts';
import { code, emphasis, type Phrase, phrase, quoted } from './phrase.ts';

/** What became of the access of a request that is over. */
export function accessOverPhrase(access: GrantedAccess, title: string): Phrase {
  const name = emphasis(quoted(title));
  switch (access.kind) {
    case 'never-granted':
      return phrase`No access was granted.`;
    case 'unconfirmed':
      return phrase`Curfew began to grant the access and never confirmed it. Verified: nothing of it is left.`;
    case 'granted':
      return phrase`The access to ${name}${partPhrase(access)} was revoked and verified.`;
    case 'unreceipted':
      return phrase`No receipt says that the access to ${name} is gone at ${[targets(access.targets)]}.`;
  }
}

/** The same on a line of a history, which stands below the title. Undefined when the line of the ending says it already. */
export function accessOverLine(access: GrantedAccess): Phrase | undefined {
  switch (access.kind) {
    case 'never-granted':
      return undefined;
    case 'unconfirmed':
      return phrase`Verified: nothing is left of what Curfew began to grant.`;
    case 'granted':
      return phrase`Access${partPhrase(access)} revoked and verified.`;
    case 'unreceipted':
      return phrase`No receipt says that the access is gone at ${[targets(access.targets)]}.`;
  }
}

/** The end of the access of a request begins: what Curfew does about it. */
export function revocationPhrase(granted: ReturnType<KnownGrants>, ending: Ending, does: string): Phrase {
  switch (granted) {
    case 'never-granted':
      return phrase`Nothing was granted: ${endingPhrase(ending)}.`;
    case 'unconfirmed':
      return phrase`${[does]} what may have been granted: ${endingPhrase(ending)}.`;
    case 'granted':
      return phrase`${[does]} the access: ${endingPhrase(ending)}.`;
  }
}

/** A receipt: what a read showed of one lease. Of a lease that was never written there was nothing to read. */
export function receiptPhrase(
  { seen }: Pick<EventOf<'revoked'>, 'seen'>,
  granted: ReturnType<KnownGrants>,
): Phrase {
  switch (granted) {
    case 'never-granted':
      return phrase`Nothing of this access was written to the provider: ${code(seen)}.`;
    case 'unconfirmed':
      return phrase`Verified: nothing is left of what Curfew began to grant. The provider shows now: ${code(seen)}.`;
    case 'granted':
      return phrase`Access revoked and verified. The provider shows now: ${code(seen)}.`;
  }
}

const partPhrase = ({ targets: granted, of }: Extract<GrantedAccess, { kind: 'granted' }>): Phrase =>
  granted === of ? [] : [` at ${granted} of ${of} targets`];

const targets = (count: number): string => `${count} ${count === 1 ? 'target' : 'targets'}`;
