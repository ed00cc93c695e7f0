import type { ActsAs } from '../policy/index.ts';

const ACTS_AS = ' as ';

/** The account of a login of the demo, which chose the person as whom it acts. */
export const accountActingAs = (login: string, person: string): string => `${login}${ACTS_AS}${person}`;

/** Reads such an account. Only the policy of the demo gets this ability: for any other policy it is a name without an owner. */
export const chosenPerson: ActsAs = (system, account) => {
  const [, ...chosen] = system === 'unix' ? account.split(ACTS_AS) : [];
  return chosen.at(-1);
};
