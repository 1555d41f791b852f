export interface Panel {
  readonly type: 'timeseries' | 'stat';
  readonly title: string;
  /** What it means, for whoever looks at it at night. */
  readonly about: string;
  /** As Grafana calls it: `short`, `s`, `reqps`, `percentunit`, ... */
  readonly unit: string;
  /** By what each is called in the legend. */
  readonly queries: Readonly<Record<string, string>>;
  /** From this value on it is red. */
  readonly danger?: number;
}

export interface Board {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}
