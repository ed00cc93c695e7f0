import type { FC } from 'hono/jsx';
import { Icon } from './icons.tsx';

/**
 * A terminal in which a person can use a delivered database credential. The credential is kept in the browser
 * tab only.
 */
export const Terminal: FC = () => (
  <section class="terminal" aria-labelledby="terminal-title">
    <h3 class="terminal__title" id="terminal-title">
      <Icon name="terminal" /> Postgres terminal
    </h3>
    <form id="terminal" data-keep="terminal">
      <label class="sr" for="terminal-url">
        Connection string
      </label>
      <input
        id="terminal-url"
        class="terminal__input"
        placeholder="postgres://… from the approved request"
        autocomplete="off"
        spellcheck={false}
      />
      <div class="terminal__line">
        <span aria-hidden="true">=&gt;</span>
        <label class="sr" for="terminal-sql">
          Query
        </label>
        <textarea id="terminal-sql" class="terminal__input" rows={2} spellcheck={false}>
          select id, item, state from orders;
        </textarea>
        <button type="submit" class="btn btn--small terminal__run">
          Run
        </button>
      </div>
      <div
        class="terminal__out"
        id="terminal-out"
        role="log"
        aria-live="polite"
        aria-label="Result"
        tabindex={0}
      />
    </form>
  </section>
);
