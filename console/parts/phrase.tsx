import type { FC } from 'hono/jsx';
import type { Instant } from '../../core/ids.ts';
import { oneLine, visible } from '../../core/text.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { Person } from './names.tsx';
import { Time } from './time.tsx';

/** A phrase in HTML: names of people as links, times in the zone of the page, quoted text made visible. */
export const Words: FC<Readonly<{ of: Phrase }>> = ({ of }) => (
  <>
    {of.map((part) => {
      if (typeof part === 'string') return part;
      switch (part.kind) {
        case 'person':
          return <Person id={part.person} />;
        case 'instant':
          return (
            <>
              {part.before}
              <Time at={part.at as Instant} />
            </>
          );
        case 'code':
          return <code>{oneLine(part.text)}</code>;
        case 'quoted':
          return visible(part.text);
        case 'emphasis':
          return (
            <strong>
              <Words of={part.phrase} />
            </strong>
          );
      }
    })}
  </>
);
