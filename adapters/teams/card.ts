/** The part of Adaptive Cards 1.5 that is used here. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly size?: 'Small' | 'Medium' | 'Large';
  readonly weight?: 'Bolder';
  readonly fontType?: 'Monospace';
  readonly color?: 'Attention';
  readonly isSubtle?: boolean;
  readonly selectAction?: OpenUrl;
}

export interface OpenUrl {
  readonly type: 'Action.OpenUrl';
  readonly url: string;
}

type Data = Readonly<Record<string, Json>>;

interface Pressed {
  readonly title: string;
  readonly style?: 'positive' | 'destructive';
  readonly data: Data;
  readonly associatedInputs?: 'auto' | 'none';
}

interface Submit extends Pressed {
  readonly type: 'Action.Submit';
}

interface Execute extends Pressed {
  readonly type: 'Action.Execute';
  readonly verb: string;
  /** For clients that do not know Action.Execute. */
  readonly fallback: Submit;
}

interface ShowCard {
  readonly type: 'Action.ShowCard';
  readonly title: string;
  readonly style?: 'positive' | 'destructive';
  readonly card: {
    readonly type: 'AdaptiveCard';
    readonly body: readonly Element[];
    readonly actions: readonly Action[];
  };
}

export type Action = Submit | Execute | ShowCard;

interface Placed {
  readonly id?: string;
  readonly spacing?: 'None' | 'Small' | 'Medium' | 'Large';
  readonly separator?: boolean;
}

export interface Choice {
  readonly title: string;
  readonly value: string;
}

interface Input extends Placed {
  readonly id: string;
  readonly label?: string;
  readonly isRequired?: boolean;
  readonly errorMessage?: string;
  readonly value?: string;
  readonly placeholder?: string;
}

export type Element =
  | (Placed & { readonly type: 'RichTextBlock'; readonly inlines: readonly TextRun[] })
  | (Placed & {
      readonly type: 'TextBlock';
      readonly text: string;
      readonly wrap: boolean;
      readonly size?: 'Small' | 'Medium' | 'Large';
      readonly isSubtle?: boolean;
    })
  | (Placed & {
      readonly type: 'Container';
      readonly style?: 'attention' | 'warning' | 'good' | 'emphasis';
      readonly bleed?: boolean;
      readonly items: readonly Element[];
    })
  | (Placed & { readonly type: 'ActionSet'; readonly actions: readonly Action[] })
  | (Input & { readonly type: 'Input.Text'; readonly isMultiline?: boolean; readonly maxLength?: number })
  | (Input & {
      readonly type: 'Input.ChoiceSet';
      readonly style: 'compact' | 'filtered';
      readonly choices: readonly Choice[];
      /** Typed words are looked up by the bot; Teams alone knows it. */
      readonly 'choices.data'?: { readonly type: 'Data.Query'; readonly dataset: string };
    });

export interface MentionEntity {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}

export interface Card {
  readonly type: 'AdaptiveCard';
  readonly $schema: string;
  readonly version: '1.5';
  readonly fallbackText: string;
  readonly body: readonly Element[];
  readonly actions?: readonly Action[];
  readonly refresh?: {
    readonly action: Omit<Execute, 'fallback' | 'title'>;
    readonly userIds: readonly string[];
  };
  /** What Teams alone knows; not part of the schema. */
  readonly msteams: { readonly width: 'Full'; readonly entities?: readonly MentionEntity[] };
}

export const SCHEMA = 'http://adaptivecards.io/schemas/adaptive-card.json';
