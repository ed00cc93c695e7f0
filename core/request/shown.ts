import type { StoredTarget } from '../target.ts';

/** How a person is called, and their Slack account when they have one. */
export type PersonName = Readonly<{ name: string; slack?: string }>;

/**
 * What the card of a request shows of the policy files and of the providers. It is a copy from the time of the judgement,
 * and the digest covers it. So a later edit changes neither what the approvers read nor what their approval is for (I11).
 */
export type CardContent = Readonly<{
  title: string;
  about?: string;
  /** How sensitive the entitlement is, as the catalogue says. */
  class: string;
  requester: PersonName;
  /** As they were stored, because the digest covers exactly that. `describedTarget` completes those of older versions. */
  targets: readonly StoredTarget[];
}>;
