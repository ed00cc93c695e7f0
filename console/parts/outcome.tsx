import type { FC } from 'hono/jsx';
import { CLICKS } from '../../core/click-kinds.ts';
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
      {CLICKS[kind].done}
    </p>
  );
};
