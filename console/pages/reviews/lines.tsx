import type { FC } from 'hono/jsx';
import { oneLine, visible } from '../../../core/text.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { Entitlement, type Names, Person, RequestLink } from '../../parts/names.tsx';
import { ENDING_WORDS, People } from '../../parts/request-columns.tsx';
import type { Column } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import type { ShownLine } from './read-reviews.ts';
import { Revocation } from './revocation.tsx';

/** Who had what from when until when, who approved it, and what was decided. */
export const lineColumns = (names: Names, zone: string): readonly Column<ShownLine>[] => [
  {
    name: 'Who',
    of: ({ line }) =>
      line.kind === 'grant' ? (
        <Person id={line.person} names={names} />
      ) : (
        <>{line.account === undefined ? 'an unknown account' : `the account ${oneLine(line.account)}`}</>
      ),
  },
  {
    name: 'What',
    of: ({ line }) =>
      line.kind === 'grant' ? <Entitlement id={line.entitlement} names={names} /> : 'standing access',
  },
  {
    name: 'Where',
    of: ({ line: { provider, target, level } }) =>
      `${oneLine(provider)}: ${oneLine(targetWords(target))}, ${oneLine(level)}`,
  },
  { name: 'Since', of: ({ line }) => <Time at={line.since} zone={zone} /> },
  { name: 'Until', of: (shown) => <Until shown={shown} zone={zone} /> },
  {
    name: 'Approved by',
    of: ({ line }) =>
      line.kind === 'grant' ? (
        <People ids={[...new Set(line.approvals.flat())]} names={names} />
      ) : (
        'nobody in Curfew'
      ),
  },
  {
    name: 'Request',
    of: ({ line }) =>
      line.kind === 'grant' ? <RequestLink id={line.request} /> : <code>{oneLine(line.id.slice(-8))}</code>,
  },
  { name: 'Decision', of: (shown) => <Decision {...{ shown, names, zone }} /> },
];

const Until: FC<Readonly<{ shown: ShownLine; zone: string }>> = ({ shown: { line, facts }, zone }) => (
  <>
    {line.until === undefined ? 'still held' : <Time at={line.until} zone={zone} />}
    {facts?.ending && (
      <>
        {' '}
        <span class="soft">{ENDING_WORDS[facts.ending]}</span>
      </>
    )}
  </>
);

const Decision: FC<Readonly<{ shown: ShownLine; names: Names; zone: string }>> = ({ shown, names, zone }) => {
  const { line, reviewers, reason } = shown;
  const { decision } = line;
  if (!decision)
    return reviewers.length === 0 ? (
      <>nobody can decide it: the catalogue names nobody</>
    ) : (
      <>
        <span class="state state--waiting">waits for</span> <People ids={reviewers} names={names} />
      </>
    );
  return (
    <>
      <span class="state state--over">{decision.kind === 'certify' ? 'certified' : 'objected to'}</span> by{' '}
      <Person id={decision.by} names={names} />, <Time at={decision.at} zone={zone} />
      {decision.kind === 'object' && (
        <>
          : {visible(reason ?? 'the reason was erased')}
          <p class="soft">
            <Revocation shown={shown} />
          </p>
        </>
      )}
    </>
  );
};
