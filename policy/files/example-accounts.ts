/** Accounts, by the name of their system. */
export type Accounts = Readonly<Record<string, readonly string[]>>;

/**
 * The accounts of `examples/quickstart/people.yaml` that would be somebody else's outside of the sandbox. A name of IAM
 * is not among them: it is that of a user in the operator's own AWS account.
 */
export const EXAMPLE_ACCOUNTS: Accounts = {
  slack: ['U0ANAFERR1', 'U0BOLIND01', 'U0CYOKAFR1', 'U0SAMRAO01', 'U0ADANOVA1', 'U0DANGONE1'],
  github: ['ana-ferreira', 'bo-lindqvist', 'cy-okafor', 'sam-rao'],
  oidc: ['lantern|ana', 'lantern|bo', 'lantern|cy', 'lantern|sam', 'lantern|ada', 'lantern|dan'],
};

/** Whether the account is in the list, in upper or lower case: a spelling that somebody else could have is refused too. */
export const isListed = (list: Accounts, system: string, account: string): boolean =>
  list[system]?.some((each) => each.toLowerCase() === account.toLowerCase()) ?? false;
