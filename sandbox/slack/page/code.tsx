import type { FC } from 'hono/jsx';
import { Words } from './words.tsx';

const POSTGRES_URL = /^postgres(?:ql)?:\/\/\S+$/;

/** Code without markup. A connection string has a button that copies it to the terminal. */
export const Code: FC<{ text: string; block?: boolean }> = ({ text, block }) => {
  const url = text.trim();
  const words = <Words text={text} />;
  const code = block ? <pre class="pre">{words}</pre> : <code class="code">{words}</code>;
  return POSTGRES_URL.test(url) ? (
    <span class={block ? 'secret secret--block' : 'secret'}>
      {code}
      <button type="button" class="btn btn--small" data-terminal={url}>
        Use in terminal
      </button>
    </span>
  ) : (
    code
  );
};
