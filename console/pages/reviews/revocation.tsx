import type { FC } from 'hono/jsx';
import { RequestLink } from '../../parts/names.tsx';
import type { ShownLine } from './read-reviews.ts';

/** How far the end of access is to which somebody objected, with where more stands of it. Nothing for another line. */
export const Revocation: FC<Readonly<{ shown: ShownLine }>> = ({ shown }) => {
  const { line } = shown;
  if (line.decision?.kind !== 'object') return null;
  return (
    <>
      {howFar(shown)}{' '}
      {line.kind === 'grant' ? (
        <>
          Request <RequestLink id={line.request} />.
        </>
      ) : (
        <a href={`/findings/decisions?finding=${encodeURIComponent(line.id)}`}>Decisions about it</a>
      )}
    </>
  );
};

function howFar({ line, facts, finding }: ShownLine): string {
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
