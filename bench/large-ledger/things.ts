/** What the large ledger's company has. A few people and entitlements have most of the requests. */
export const PEOPLE = 2000;
export const ENTITLEMENTS = 300;
/** The first people approve, each for several entitlements, and request as everybody does. */
export const APPROVERS = 60;
/** Reads every page of the console. Requests and approves nothing. */
export const AUDITOR = 'auditor';

export const PROVIDERS = ['github', 'aws-iam', 'postgres', 'rare'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Who enforces the end of access at each of them. */
export const CLASSES: Readonly<Record<ProviderName, string>> = {
  ...{ github: 'C', 'aws-iam': 'A', postgres: 'B', rare: 'C' },
};

/** Where an entitlement gives access: every tenth at two providers, and the last one where no other does. */
export function providersOf(entitlement: number): readonly ProviderName[] {
  if (entitlement === ENTITLEMENTS - 1) return ['rare'];
  if (entitlement % 10 === 0) return ['aws-iam', 'github'];
  return [entitlement % 3 === 0 ? 'postgres' : 'github'];
}

/** Who may approve an entitlement. */
export const approversOf = (entitlement: number): readonly string[] =>
  [0, 7, 13].map((each) => `p${(entitlement + each) % APPROVERS}`);
