import type { FC } from 'hono/jsx';
import { pictureOf } from './emoji-pictures.ts';
import { emojiOf } from './emoji.ts';
import { safeText } from './inert.ts';

// Text such as "1" or "©" is not an emoji. The flag "v" is newer than the syntax that TypeScript emits here.
const EMOJI = new RegExp('(\\p{RGI_Emoji})', 'v');

/** An emoji as a picture, or as its character when there is no picture. Copying the picture copies the character. */
const Picture: FC<{ character: string; title?: string }> = ({ character, title }) => {
  const source = pictureOf(character);
  return source === undefined ? (
    <>{character}</>
  ) : (
    <img class="emoji" src={source} alt={character} title={title} width={20} height={20} draggable={false} />
  );
};

/** The character that Slack writes as code points in hexadecimal, for example `1f468-200d-1f4bb`. */
function characterOf(unicode: string | undefined): string | undefined {
  if (unicode === undefined || !/^[0-9a-f]{1,5}(-[0-9a-f]{1,5})*$/.test(unicode)) return undefined;
  return String.fromCodePoint(...unicode.split('-').map((code) => Number.parseInt(code, 16)));
}

/** The emoji of a short name such as `white_check_mark`. A name that is not known is shown as text. */
export const Emoji: FC<{ name: string; unicode?: string | undefined }> = ({ name, unicode }) => {
  const character = emojiOf(name) ?? characterOf(unicode);
  return character === undefined ? (
    <>:{safeText(name)}:</>
  ) : (
    <Picture character={character} title={`:${name}:`} />
  );
};

/** Text in which emoji are pictures. Everything else is shown as it is. */
export const Words: FC<{ text: string }> = ({ text }) => (
  <>
    {safeText(text)
      .split(EMOJI)
      .map((part, index) => (index % 2 === 1 ? <Picture character={part} /> : part))}
  </>
);

/** The same for text of several lines. */
export const Lines: FC<{ text: string }> = ({ text }) => (
  <>
    {text.split('\n').map((line, row) => (
      <>
        {row > 0 && <br />}
        <Words text={line} />
      </>
    ))}
  </>
);
