import type { FC } from 'hono/jsx';
import { RequestLink } from '../../parts/names.tsx';
import type { ShownLine } from './read-reviews.ts';

/** After an objection: whether the access is revoked yet, with a link to its request or to the decisions about its finding. Empty for a line without an objection. */
export const Revocation: FC<Readonly<{ shown: ShownLine }>> = ({ shown }) => {
  const { line } = shown;
  if (line.decision?.kind !== 'object') return null;
  return (
    <>
      {revocationText(shown)}{' '}
      {line.kind === 'grant' ? (
        <>
          See request <RequestLink id={line.request} />.
        </>
      ) : (
        <a href={`/findings/decisions?finding=${encodeURIComponent(line.id)}`}>Decisions about it</a>
      )}
    </>
  );
};

function revocationText({ line, facts, finding }: ShownLine): string {
  if (line.until !== undefined) return 'The access is gone.';
  if (line.kind === 'grant') {
    if (facts?.state === 'closed') return 'The access is revoked.';
    return facts?.state === 'revoking' ? REVOKING : 'Curfew is ending the request.';
  }
  switch (finding?.state) {
    case 'open':
      return finding.pending?.kind === 'revoke'
        ? REVOKING
        : 'Curfew has not revoked it: the people who decide about findings must decide.';
    case 'adopted':
      return 'It is adopted as standing access, which Curfew does not revoke.';
    case 'revoked':
      return 'The access is revoked.';
    case 'gone':
    case undefined:
      return 'The access is gone.';
  }
}

const REVOKING =
  'Curfew is revoking the access. It tries again until the provider shows that the access is gone.';
