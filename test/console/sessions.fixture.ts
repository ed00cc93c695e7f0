import { createHash } from 'node:crypto';
import type { PersonId } from '../../core/ids.ts';
import { turnKey } from '../../console/turns.ts';

/** The person of a session is before the dash of its id: "ana-phone" is one of Ana. */
export const keyOfSession = (...sessions: readonly string[]) =>
  turnKey({
    personOfSession: (idHash) => {
      const id = sessions.find((each) => createHash('sha256').update(each).digest().equals(idHash));
      return Promise.resolve(id?.split('-')[0] as PersonId | undefined);
    },
  });

export const SESSIONS = ['ana', 'ana-phone', 'bo', 'cy'] as const;
