import { BOARDS } from './grafana-boards.ts';
import type { Board, Panel } from './grafana-types.ts';

/** The dashboards that Grafana loads, by their file's name. */
export function dashboards(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    BOARDS.map((board) => [`${board.name}.json`, `${JSON.stringify(dashboardOf(board), null, 2)}\n`]),
  );
}

/** Of Grafana 10 and 11; newer ones raise it by themselves. */
const SCHEMA = 39;
/** Grafana's grid is 24 wide. */
const WIDE = 24;
const HIGH = 8;
const LOW = 4;

function dashboardOf({ name, title, rows }: Board): object {
  const panels: object[] = [];
  let y = 0;
  for (const { title: of, panels: those } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: of,
      collapsed: false,
      panels: [],
      gridPos: at(0, y, WIDE, 1),
    });
    y += 1;
    const height = those.every((it) => it.type === 'stat') ? LOW : HIGH;
    const width = Math.floor(WIDE / those.length);
    for (const [index, panel] of those.entries()) {
      const place = at(index * width, y, width, height);
      panels.push({ id: panels.length + 1, ...panelOf(panel), gridPos: place });
    }
    y += height;
  }
  return {
    uid: `incident-manager-${name}`,
    title: `Incident Manager: ${title}`,
    tags: ['llm-incident-manager'],
    schemaVersion: SCHEMA,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }],
    },
    annotations: { list: [] },
    links: [
      {
        title: 'Others',
        type: 'dashboards',
        tags: ['llm-incident-manager'],
        asDropdown: true,
        targetBlank: false,
      },
    ],
    panels,
  };
}

function at(x: number, y: number, w: number, h: number): object {
  return { x, y, w, h };
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

function panelOf({ type, title, about, unit, queries, danger }: Panel): object {
  return {
    type,
    title,
    description: about,
    datasource: SOURCE,
    fieldConfig: { defaults: { unit, min: 0, ...thresholds(danger) }, overrides: [] },
    options: type === 'stat' ? STAT : SERIES,
    targets: Object.entries(queries).map(([legend, expr], index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(type === 'stat' ? { instant: true } : { range: true }),
    })),
  };
}

const STAT = {
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  colorMode: 'background',
  graphMode: 'area',
  textMode: 'auto',
};
const SERIES = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};

/** From this value on it is red. */
function thresholds(danger: number | undefined): object {
  const green = { color: 'green', value: null };
  const steps = danger === undefined ? [green] : [green, { color: 'red', value: danger }];
  return {
    color: { mode: danger === undefined ? 'palette-classic' : 'thresholds' },
    thresholds: { mode: 'absolute', steps },
  };
}
