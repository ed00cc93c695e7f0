import type { Deps } from '../requests/deps.ts';

type Ledger = Pick<Deps['ledger'], 'waitingGrants'>;
type WaitingGrants = Awaited<ReturnType<Ledger['waitingGrants']>>[number];

type Reporting = Readonly<{
  ledger: Ledger;
  warn: (facts: object, what: string) => void;
}>;

/** Logs how many approved grants wait, and for what. */
export async function reportWaitingGrants({ ledger, warn }: Reporting): Promise<void> {
  for (const waiting of await ledger.waitingGrants()) warn(waiting, waitingLine(waiting));
}

/** How many approved grants wait at a provider, and for what. */
export function waitingLine({ fault, provider, leases }: WaitingGrants): string {
  const grants = leases === 1 ? '1 approved grant waits' : `${leases} approved grants wait`;
  switch (fault) {
    case 'log-behind':
      return `${grants} for the audit log: no published checkpoint has the approval yet`;
    case 'provider-throttled':
      return `${grants} for the rate that ${provider} allows`;
    case 'provider-unavailable':
      return `${grants} for ${provider}, which does not answer`;
    case 'awaiting-person':
      return `${grants} for a person to do something at ${provider}`;
    case 'not-tried':
      return `${grants} for a first attempt at ${provider}: the part of Curfew that grants there, or Temporal, may not run`;
    default:
      return `${grants} at ${provider}: ${fault}`;
  }
}
