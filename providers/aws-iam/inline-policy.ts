import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../core/faults.ts';
import type { Intent, ManagedObject, OwnObject, Receipt } from '../provider.ts';
import type { IamApi } from './api.ts';
import { assertNotCutOff } from './cut-off.ts';
import { limitedTo, untilWhen } from './policy-document.ts';
import { AFTER_CHANGE, changedByHand, type Done, WHAT_WAS_DONE } from './policy-drift.ts';
import {
  documentFor,
  policyName,
  policyPrefix,
  readDocument,
  readPolicyName,
  sizeOf,
  USER_ROOM,
} from './policy.ts';
import type { PolicyTarget } from './target.ts';

/** The documents of some policies of a user, by their names. One that was deleted meanwhile is left out. */
type Texts = ReadonlyMap<string, string>;

export async function putPolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, lease, endsAt } = intent;
  const name = policyName(lease, endsAt);
  const document = documentFor(target.statements, endsAt);
  const texts = await readPolicies(api, subject.name, signal);
  assertNotCutOff(subject.name, [...texts.keys()]);
  const ofLease = [...texts.keys()].filter((one) => one.startsWith(policyPrefix(lease)));
  const changes = ofLease.flatMap((one) => changedByHand(target, one, texts.get(one) ?? '') ?? []);
  const found = ofLease.length > 0 ? 'present' : 'none';
  const changed = changes.length > 0 ? texts.get(name) : undefined;
  const isChanged = changed !== undefined && changedByHand(target, name, changed) !== undefined;
  // A change by hand can be an answer to an incident. So only an end that was moved later is written again.
  const wanted = (isChanged && limitedTo(readDocument(changed), endsAt)) || document;
  const isKept = isChanged && isDeepStrictEqual(wanted, readDocument(changed));
  if (!isKept) {
    assertRoom(subject.name, JSON.stringify(wanted), withoutName(texts, name));
    await api.putPolicy(subject.name, name, JSON.stringify(wanted), signal);
  }
  // After an extension, the policy with the old end is deleted last, so that access has no gap.
  for (const old of ofLease.filter((one) => one !== name)) await api.deletePolicy(subject.name, old, signal);

  const now = await api.user(subject.name, signal);
  if (now?.id !== subject.id) {
    // The user was created again during the write. So the new policy is on another person's user, and only that one
    // has this name.
    if (now) await api.deletePolicy(subject.name, name, signal);
    throw new Fault(
      'subject-changed',
      `aws-iam: the user "${subject.name}" was replaced by another during the write`,
    );
  }
  const text = await api.policy(subject.name, name, signal);
  const seen = text === undefined ? undefined : readDocument(text);
  if (seen === undefined || !isDeepStrictEqual(isKept ? limitedTo(seen, endsAt) : wanted, seen))
    throw new Fault('not-verified', `aws-iam: the policy ${name} does not read back as it was written`);
  const done = doneTo({ isChanged, isKept, isOurs: isDeepStrictEqual(wanted, document) });
  return {
    level: 'present',
    found,
    seen: `${subject.name} (${subject.id}) has the policy ${name}${untilWhen(seen)}${AFTER_CHANGE[done]}`,
    ...(changes.length > 0 && { note: `${changes.join('; ')}. ${WHAT_WAS_DONE[done]}` }),
  };
}

/**
 * Moves the end of the policy of a lease: IAM gets the policy with the new end, and the one with the old end is deleted. A policy
 * that somebody deleted or changed by hand is left as it is.
 */
export async function movePolicyEnd(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, lease, endsAt } = intent;
  const texts = await readPolicies(api, subject.name, signal);
  const names = [...texts.keys()].filter((name) => name.startsWith(policyPrefix(lease)));
  const changes = names.flatMap((name) => changedByHand(target, name, texts.get(name) ?? '') ?? []);
  const why =
    names.length === 0
      ? `somebody deleted the policy of this lease from ${subject.name}`
      : changes.join('; ');
  if (why !== '') throw new Fault('provider-refused', `aws-iam: the end was not moved: ${why}`);
  const receipt = await putPolicy(api, intent, signal);
  const isMoved = names.some((name) => name !== policyName(lease, endsAt));
  return { ...receipt, ...(isMoved && { moved: true }) };
}

/** What is left of the policy of a lease. It changes nothing. */
export async function readOwnPolicy(
  api: IamApi,
  { subject, target, lease }: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<OwnObject> {
  const names = (await api.policyNames(subject.name, signal)).filter((name) =>
    name.startsWith(policyPrefix(lease)),
  );
  const changes: string[] = [];
  let level = 'none';
  for (const name of names) {
    const text = await api.policy(subject.name, name, signal);
    if (text === undefined) continue;
    level = 'present';
    const change = changedByHand(target, name, text);
    if (change !== undefined) changes.push(change);
  }
  return { level, ...(changes.length > 0 && { changed: changes.join('; ') }) };
}

function doneTo(of: Readonly<{ isChanged: boolean; isKept: boolean; isOurs: boolean }>): Done {
  if (!of.isChanged) return 'new';
  if (of.isKept) return 'kept';
  return of.isOurs ? 'set' : 'limited';
}

async function readPolicies(api: IamApi, userName: string, signal: AbortSignal): Promise<Texts> {
  const texts = new Map<string, string>();
  for (const name of await api.policyNames(userName, signal)) {
    const text = await api.policy(userName, name, signal);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

const withoutName = (texts: Texts, name: string): readonly string[] =>
  [...texts].flatMap(([each, text]) => (each === name ? [] : [text]));

/** Refuses before the write what IAM would refuse during the write: a policy that does not fit. */
function assertRoom(userName: string, document: string, others: readonly string[]): void {
  const used = others
    .map((text) => sizeOf(JSON.stringify(readDocument(text)) ?? text))
    .reduce((sum, size) => sum + size, 0);
  const needs = sizeOf(document);
  if (used + needs > USER_ROOM)
    throw new Fault(
      'no-room',
      `aws-iam: the policy needs ${needs} characters, and the inline policies of ${userName} have ${USER_ROOM - used} left. Remove a policy of the user, or grant a smaller one`,
    );
}

export async function listManaged(api: IamApi, signal: AbortSignal): Promise<readonly ManagedObject[]> {
  const { users } = await api.account(['User'], signal);
  return users.flatMap(({ id: subjectId, name: subject, policies }) =>
    policies.flatMap((what) => {
      const read = readPolicyName(what);
      return read ? [{ ...read, subject, subjectId, what }] : [];
    }),
  );
}
