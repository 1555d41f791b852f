import { AdaptiveCard, HostConfig } from 'adaptivecards';
import { createRoot } from 'react-dom/client';
import { Message } from 'slack-blocks-to-jsx';
import '@skyra/discord-components-core';

import 'slack-blocks-to-jsx/dist/style.css';
import 'adaptivecards/dist/adaptivecards.css';

import { discordHtml } from './discord.ts';

/** Draws what an adapter sends into the page. */
const draw: Readonly<Record<string, (place: HTMLElement, sent: never) => void>> = {
  slack(place, blocks) {
    const logo =
      'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="%23c0322b"/></svg>';
    createRoot(place).render(
      <Message blocks={blocks} logo={logo} name="Incident Manager" time={new Date(0)} />,
    );
  },
  teams(place, sent) {
    const card = new AdaptiveCard();
    card.hostConfig = new HostConfig({
      fontFamily: 'Segoe UI, system-ui, sans-serif',
      actions: { maxActions: 20, actionsOrientation: 'horizontal', buttonSpacing: 8 },
    });
    card.parse(sent);
    place.append(card.render() ?? '');
  },
  discord(place, { components, colour }: { components: never; colour: string }) {
    place.className = 'discord';
    place.innerHTML = discordHtml(components, colour);
  },
};

Object.assign(globalThis, {
  drawCard(platform: string, sent: never) {
    const place = document.getElementById('card');
    if (place) draw[platform]?.(place, sent);
  },
});
