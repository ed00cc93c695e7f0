import type { FC } from 'hono/jsx';
import type { Channel, State } from '../model.ts';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { domId } from './viewer.ts';
import type { Screen } from './screen.ts';

type ComposerProps = { state: State; screen: Screen; channel: Channel; thread?: string };

export const composerId = (screen: Screen, channel: Channel, thread?: string): string =>
  domId('composer', screen.as.id, channel.id, thread);

/** The message box. "/" opens the list of the app's commands. Enter sends, Shift+Enter starts a new line. */
export const Composer: FC<ComposerProps> = ({ state, screen, channel, thread }) => {
  const id = composerId(screen, channel, thread);
  const place = thread ? 'Reply…' : `Message ${channel.kind === 'dm' ? state.app.name : `#${channel.name}`}`;
  return (
    <form class="composer" data-composer data-channel={channel.id} data-thread={thread}>
      {!thread && (
        <ul
          class="commands"
          id={`${id}.commands`}
          role="listbox"
          aria-label="Commands"
          data-keep={`${id}.commands`}
          hidden
        >
          {state.app.commands.map(({ command, description, usage_hint }, index) => (
            <li
              id={`${id}.c${index}`}
              class="command"
              role="option"
              aria-selected="false"
              data-command={command}
            >
              <b>{safeText(command)}</b> <span class="command__usage">{safeText(usage_hint)}</span>
              <span class="command__what">{safeText(description)}</span>
              <span class="command__app">{safeText(state.app.name)}</span>
            </li>
          ))}
        </ul>
      )}
      <textarea
        id={id}
        class="composer__text"
        rows={1}
        placeholder={safeText(place)}
        aria-label={safeText(place)}
        aria-controls={thread ? undefined : `${id}.commands`}
        data-keep={id}
        data-draft
        maxlength={4000}
      />
      <div class="composer__foot">
        {!thread && (
          <button
            type="button"
            class="composer__tool"
            data-slash
            aria-label="Use a command"
            title="Use a command"
          >
            <Icon name="slash" />
          </button>
        )}
        <span class="composer__hint">
          <b>Enter</b> to send
        </span>
        <button type="submit" class="composer__send" aria-label="Send" title="Send">
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
};
