import { knownAccounts } from './accounts.ts';
import { enoughApprovers } from './approvers.ts';
import { digestRule } from './digest.ts';
import { knownEntitlement } from './entitlement.ts';
import { knownPerson } from './known-person.ts';
import { permittedLength } from './length.ts';
import { openRequests } from './open-requests.ts';
import { policyFiles } from './policy-files.ts';
import { givenReason } from './reason.ts';
import { allowedRequester } from './requester.ts';
import type { Rule } from './rule.ts';

/**
 * Every rule, in the order of evaluation. The first rule that refuses gives the refusal that a person reads.
 * A rule may use only what a rule above it found.
 */
export const RULES: readonly Rule[] = [
  policyFiles,
  knownPerson,
  knownEntitlement,
  allowedRequester,
  permittedLength,
  givenReason,
  openRequests,
  knownAccounts,
  enoughApprovers,
  digestRule,
];
