import type { FC } from 'hono/jsx';
import { homeOf } from '../read.ts';
import { Blocks } from './blocks/block.tsx';
import { safeText } from './inert.ts';
import { PaneHead, type PaneProps } from './pane.tsx';
import { domId } from './viewer.ts';

/** The Home tab that the app published for this person. */
export const HomePane: FC<PaneProps> = (props) => {
  const { state, viewer, screen } = props;
  const home = homeOf(state, screen.as.id);
  return (
    <section class="pane" aria-label={`${state.app.name} Home`}>
      <PaneHead {...props} />
      <div class="pane__scroll pane__scroll--home" id="home" tabindex={0} role="group" aria-label="Home">
        {home ? (
          <div class="home" data-place={JSON.stringify({ kind: 'view', viewId: home.id })}>
            <Blocks blocks={home.blocks} spot={{ viewer, where: domId('home', screen.as.id) }} />
          </div>
        ) : (
          <div class="home home--empty">
            <p>
              {safeText(state.app.name)} has not published this page for you yet. It does so when it is
              connected.
            </p>
          </div>
        )}
      </div>
    </section>
  );
};
