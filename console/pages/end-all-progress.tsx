import type { FC } from 'hono/jsx';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import {
  elsewhereOf,
  type EndingProgress,
  isDone,
  latePhrase,
  progressPhrase,
} from '../../wording/mass-endings.ts';
import { type Names, personPath } from '../parts/names.tsx';
import { Words } from '../parts/phrase.tsx';
import type { EndAllAnswer } from './person/read-end-all.ts';
import { UngrantedSection } from './person/ungranted.tsx';

type ProgressProps = Readonly<{
  answer: EndAllAnswer;
  progress: EndingProgress;
  address: string;
  names: Names;
  zone: string;
}>;

/** How far the ending is, what is late, and what goes on at the providers whatever ended here. */
export const EndAllProgress: FC<ProgressProps> = ({
  answer: { person, ungranted },
  progress,
  address,
  names,
  zone,
}) => {
  const elsewhere = elsewhereOf(progress);
  return (
    <>
      <p role="status">
        <Words of={progressPhrase(progress)} {...{ names, zone }} /> <a href={address}>Look again</a>{' '}
        <a href={personPath(person)}>What they have now</a>
      </p>
      {!isDone(progress) && progress.late.length > 0 && (
        <ul>
          {progress.late.map((each) => (
            <li>
              Late: <Words of={latePhrase(each)} {...{ names, zone }} />
            </li>
          ))}
        </ul>
      )}
      {elsewhere.length > 0 && (
        <section class="notice notice--careful" aria-labelledby="elsewhere">
          <h2 id="elsewhere">What goes on at the providers</h2>
          <ul>
            {elsewhere.map((each) => (
              <li>
                <Words of={elsewherePhrase(each)} {...{ names, zone }} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <UngrantedSection {...{ ungranted, zone }} />
    </>
  );
};
