import { ANA_MAY_APPROVE } from './ana-may-approve.ts';
import type { PlantedBug } from './bug.ts';

/** Mistakes in who extends access, and for how long. */
export const EXTENSION_BUGS: readonly PlantedBug[] = [
  {
    name: 'extension-approved-by-its-requester',
    ids: 'I10, B55',
    what: 'A requester approves the extension of their own access.',
    edits: [
      {
        file: 'core/request/extension.ts',
        from: `if (command.by === details.requester) return { code: 'own-request' };`,
        to: '',
      },
      ...ANA_MAY_APPROVE,
    ],
    seed: 31,
  },
  {
    name: 'extension-past-the-longest',
    ids: 'B55, I13',
    what: 'Extensions add up to more than the longest access.',
    edits: [
      {
        file: 'policy/judge/extension.ts',
        from: 'const total = (given + minutes) as Minutes;\n  const verdict',
        to: 'const total = minutes;\n  const verdict',
      },
      {
        file: 'policy/judge/extension.ts',
        from: 'minutes: (given + asked.minutes) as Minutes, approvals',
        to: 'minutes: asked.minutes, approvals',
      },
    ],
    seed: 31,
  },
  {
    name: 'one-approval-extends',
    ids: 'I9, B55',
    what: 'The first of two approvals extends the access.',
    edits: [
      {
        file: 'core/request/extension.ts',
        from: 'if (!isLastApproval(extension)) return ok([approved]);',
        to: '',
      },
      {
        file: 'policy/judge/still-allowed.ts',
        from: 'if (approvals.length < entitlement.route.needs)',
        to: 'if (approvals.length < 1)',
      },
    ],
    seed: 51,
  },
  {
    name: 'renewed-by-removing-first',
    ids: 'B17',
    what: 'An extension removes the access and gives it again.',
    edits: [
      {
        file: 'providers/fake/index.ts',
        from: `  await api.mark({ ...mark, endsAt }, signal);
  const after = await api.read(signal);
  const until`,
        to: `  await api.setLevel({ id: subject.id, target: target.resource, level: 'none', by: lease }, signal);
  await api.mark({ ...mark, endsAt }, signal);
  await api.setLevel({ id: subject.id, target: target.resource, level, by: lease }, signal);
  const after = await api.read(signal);
  const until`,
      },
    ],
    seed: 31,
  },
];
