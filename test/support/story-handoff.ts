import { isSetUp } from './story-setup.ts';
import type { Scenario } from './story.ts';

const MINUTE = 60_000;

/** Ana is on call; who comes has a minute to take the shift, and then Cy is called. */
const HANDING_OVER = `
schedules:
  payments:
    layers: [{ people: [ana] }]
    handoff: { acceptance: true, grace: 1m, backup: person:cy }
`;

export const handedOver: Scenario = {
  title: 'a shift stays where it is until the next one takes it, and where nobody does the backup is called',
  async play(story) {
    await isSetUp(story, HANDING_OVER);
    const bo = `<@${story.person('bo').id}>`;
    await story.types('ana', story.lobby, `/incident override payments ${bo} until 5h`);
    await story.waits('Bo is asked', () =>
      story.directly('bo').includes('Ana Lima has it until you take it'),
    );
    await story.types('cy', story.lobby, '/incident handoff accept payments');
    await story.reads('cy', story.lobby, /The shift of Payments is for Bo Chen to take/);
    await story.passes(MINUTE);
    await story.waits('Cy is called', () =>
      story.directly('cy').includes('Nobody has taken the on-call shift'),
    );
    await story.types('bo', story.lobby, '/incident handoff accept');
    await story.reads('bo', story.lobby, /You have the shift of Payments/);
    await story.waits('Ana is told', () => story.directly('ana').includes('Bo Chen has taken the shift'));
    await story.types('cy', story.lobby, '/incident oncall');
    await story.reads('cy', story.lobby, /Payments: @?Bo Chen/i);
  },
};
