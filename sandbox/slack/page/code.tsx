import type { FC } from 'hono/jsx';
import { safeText } from './inert.ts';

const POSTGRES_URL = /^postgres(?:ql)?:\/\/\S+$/;

/** Code without markup. A connection string has a button that copies it to the terminal. */
export const Code: FC<{ text: string; block?: boolean }> = ({ text, block }) => {
  const url = text.trim();
  const code = block ? <pre class="pre">{safeText(text)}</pre> : <code class="code">{safeText(text)}</code>;
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
