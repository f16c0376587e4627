import type { JsonObject } from '#core/json.ts';
import { METRIC_LIST, type MetricDescription, type MetricName } from './metric-table.ts';

/** Panels of a row, and how large each is, in Grafana's grid of 24 columns. */
const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

const SOURCE = { type: 'prometheus', uid: '$source' };

/** The dashboard of all metrics but those of functions on AWS for Grafana, on any source of Prometheus' kind; made of the metric table. */
export function grafanaDashboard(): JsonObject {
  const rows = [
    {
      title: 'What happens',
      metrics: METRIC_LIST.filter(([, { of }]) => of === 'events' || of === 'alerts'),
    },
    { title: 'How the server is', metrics: METRIC_LIST.filter(([, { of }]) => of === 'server') },
  ];
  const panels: JsonObject[] = [];
  let y = 0;
  for (const { title, metrics } of rows) {
    panels.push({ type: 'row', title, id: panels.length + 1, gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    for (const [at, [name, metric]] of metrics.entries()) {
      const place = { x: (at % COLUMNS) * WIDTH, y: y + Math.floor(at / COLUMNS) * HEIGHT };
      panels.push(panel(panels.length + 1, { name, metric }, place));
    }
    y += Math.ceil(metrics.length / COLUMNS) * HEIGHT;
  }
  return {
    ...{ uid: 'stepwright', title: 'Stepwright', tags: ['stepwright'], schemaVersion: 39, editable: true },
    ...{ refresh: '10s', time: { from: 'now-1h', to: 'now' }, timezone: 'browser' },
    templating: { list: [{ name: 'source', label: 'Source', type: 'datasource', query: 'prometheus' }] },
    panels,
  };
}

interface NamedMetric {
  readonly name: MetricName;
  readonly metric: MetricDescription;
}

function panel(
  id: number,
  named: NamedMetric,
  place: { readonly x: number; readonly y: number },
): JsonObject {
  const { name, metric } = named;
  return {
    ...{ id, type: 'timeseries', title: metric.meaning.replace(/\.$/, ''), description: `\`${name}\`` },
    gridPos: { ...place, w: WIDTH, h: HEIGHT },
    datasource: SOURCE,
    fieldConfig: { defaults: { unit: unitOf(metric), min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queriesOf(named).map(([expr, legendFormat], at) => ({
      ...{ refId: String.fromCodePoint(65 + at), datasource: SOURCE, expr, legendFormat },
    })),
  };
}

function unitOf({ kind, unit }: MetricDescription): string {
  if (unit === 'dollars') return 'currencyUSD';
  if (kind === 'counter') return unit === 'seconds' ? 'percentunit' : 'cps';
  return { none: 'short', seconds: 's', bytes: 'bytes' }[unit];
}

function queriesOf({ name, metric }: NamedMetric): readonly (readonly [query: string, legend: string])[] {
  const { kind, dimensions } = metric;
  const legend = dimensions.map((dimension) => `{{${dimension}}}`).join(' ') || name;
  const by = dimensions.join(', ');
  switch (kind) {
    case 'gauge':
      return [[dimensions.length === 0 ? name : `sum by (${by}) (${name})`, legend]];
    case 'counter':
      return [[`sum by (${by}) (rate(${name}_total[$__rate_interval]))`, legend]];
    case 'histogram':
      return [0.5, 0.95].map((share) => [
        `histogram_quantile(${share}, sum by (${['le', ...dimensions].join(', ')}) (rate(${name}_bucket[$__rate_interval])))`,
        `p${share * 100} ${legend}`,
      ]);
  }
}
