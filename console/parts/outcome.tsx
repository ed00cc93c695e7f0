import type { FC } from 'hono/jsx';
import type { Acted } from '../act.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import type { Names } from './names.tsx';
import { Words } from './phrase.tsx';

type OutcomeProps = Readonly<{
  of: Pick<Acted, 'kind' | 'outcome'>;
  names: Names;
  zone: string;
}>;

/** What became of what the reader did. */
export const Outcome: FC<OutcomeProps> = ({ of: { kind, outcome }, names, zone }) => {
  if (outcome === undefined)
    return (
      <p class="notice notice--careful" role="status">
        It is recorded. A worker decides it as soon as one runs. Load this page again to see what became of
        it.
      </p>
    );
  if (outcome.kind === 'refused')
    return (
      <p class="notice notice--wrong" role="alert">
        <Words of={refusalPhrase(outcome.refusal, kind)} names={names} zone={zone} />
      </p>
    );
  return (
    <p class="notice" role="status">
      {DONE[kind] ?? 'It is recorded.'}
    </p>
  );
};

/** What a worker accepted, by what the reader tried. */
const DONE: Readonly<Record<string, string>> = {
  approve: 'You approved it.',
  deny: 'You denied it.',
  withdraw: 'You withdrew it.',
  end: 'The access is being ended.',
  ask: 'Your question is sent.',
  answer: 'Your answer is sent.',
  extend: 'The later end is requested. Until it is approved, the access ends as before.',
  'end-all': 'Everything is being ended.',
  certify: 'Your decision is recorded.',
  object: 'Your decision is recorded.',
};
