const ACTS_AS = ' as ';

/** The account of a login of the sandbox, which chose the person as whom it acts. */
export const accountActingAs = (login: string, person: string): string => `${login}${ACTS_AS}${person}`;

export const isActingAs = (account: string): boolean => account.includes(ACTS_AS);
