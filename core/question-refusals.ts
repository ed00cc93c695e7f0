/**
 * Why a question about the access of people is not answered. It tells nobody more than they may know: a person or a request that
 * the reader may not see reads the same as one that does not exist.
 */
export type QuestionRefusal = Readonly<
  | { code: 'no-entitlement-named' | 'no-person-named' | 'no-request-named' }
  | { code: 'unknown-entitlement'; entitlement: string; nearest?: string }
  /** `title` is that of the entitlement, which everybody may know. */
  | { code: 'holders-not-visible'; title: string }
  /** `nearest` is a person whom the reader may see. */
  | { code: 'person-not-visible'; typed: string; nearest?: string }
  | { code: 'request-not-visible' | 'several-requests'; typed: string }
  /** `why` is a sentence. It can repeat what was typed. */
  | { code: 'moment-unreadable'; why: string }
  /** Without the policy, nobody is an auditor, an owner or a manager. */
  | { code: 'policy-unreadable'; why: string }
>;
