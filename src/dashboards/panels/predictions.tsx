import type { VNode } from 'preact';
import { Legend } from '../../pages/charts/legend.js';
import { TimeSeries } from '../../pages/charts/time-series.js';
import { amountText, countText, shareText, valueText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { ShareBar } from '../../pages/components/share-bar.js';
import { Table } from '../../pages/components/table.js';
import { clockText, spanText } from '../../pages/components/time-text.js';
import type { TimeZone } from '../../pages/components/time-zone.js';
import type { DatasetPredictions, Prediction } from '../latest-predictions.js';

interface PredictionsProps {
  predictions: DatasetPredictions;
  zone: TimeZone;
}

/** What the newest messages of a dataset were predicted to be, and what the laboratory said since. */
export function Predictions({ predictions, zone }: PredictionsProps): VNode {
  const { dataset, target, unit } = predictions;
  const name = unit === '' ? target : `${target} (${unit})`;
  const entries = [
    { name: 'predicted', series: 'series-predicted', shape: 'line' },
    { name: 'label', series: 'series-label', shape: 'ring' },
  ] as const;
  return (
    <Panel
      id={`predictions-${dataset}`}
      title={`Predicted ${name}`}
      aside={predictions.task === 'regression' ? <Legend entries={entries} /> : dataset}
    >
      {predictions.points.length === 0 ? (
        <Empty>No message of dataset {dataset} has been scored yet.</Empty>
      ) : predictions.task === 'regression' ? (
        <Values points={predictions.points} target={name} dataset={dataset} zone={zone} />
      ) : (
        <Classes points={predictions.points} target={name} zone={zone} />
      )}
    </Panel>
  );
}

interface ValuesProps {
  points: readonly Prediction<number>[];
  target: string;
  dataset: string;
  zone: TimeZone;
}

function Values({ points, target, dataset, zone }: ValuesProps): VNode {
  const errors = points.flatMap(({ predicted, label }) => (label === null ? [] : [Math.abs(predicted - label)]));
  const meanError = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const known =
    errors.length === 0
      ? 'no labels yet'
      : `mean error ${valueText(Number(meanError.toPrecision(3)))} on ${amountText(errors.length, 'label')}`;
  const span = spanText(points[0]?.at ?? 0, points.at(-1)?.at ?? 0, zone);
  return (
    <>
      <TimeSeries
        label={`Line chart of the newest ${points.length} predictions of ${target}, ${span}: ${known}.`}
        points={points.map(({ at, predicted, label }) => ({
          at,
          value: predicted,
          mark: label,
          tip: tip(at, predicted, label, zone),
        }))}
        lineSeries="series-predicted"
        markSeries="series-label"
        zone={zone}
      />
      <p class="chart-note">
        {dataset} · {span} · {known}
      </p>
    </>
  );
}

function tip(at: number, predicted: number, label: number | null, zone: TimeZone): string {
  const found = label === null ? '' : `, label ${valueText(label)}`;
  return `${clockText(at, zone, 'second')}: predicted ${valueText(predicted)}${found}`;
}

function Classes({
  points,
  target,
  zone,
}: {
  points: readonly Prediction<string>[];
  target: string;
  zone: TimeZone;
}): VNode {
  const labelled = points.filter(({ label }) => label !== null);
  const right = labelled.filter(({ predicted, label }) => predicted === label).length;
  const counts = new Map<string, number>();
  for (const { predicted } of points) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  const rows = [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
  return (
    <>
      <Table
        label={`Classes of the newest ${points.length} predictions of ${target}`}
        columns={[
          { title: 'Class', onPhone: 'lead', cell: ([name]) => name },
          { title: 'Predictions', onPhone: 'named', numeric: true, cell: ([, count]) => countText(count) },
          { title: 'Share', cell: ([, count]) => <ShareBar part={count} whole={points.length} /> },
        ]}
        rows={rows}
        rowKey={([name]) => name}
      />
      <p class="chart-note">
        {spanText(points[0]?.at ?? 0, points.at(-1)?.at ?? 0, zone)} ·{' '}
        {labelled.length === 0
          ? 'no labels yet'
          : `${shareText(right, labelled.length)} of ${amountText(labelled.length, 'label')} agree`}
      </p>
    </>
  );
}
