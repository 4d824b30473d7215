import type { ColumnStatistics } from '../data/types.ts';
import { allDiffer } from './allDiffer.ts';

const WIDTH = 110;
const HEIGHT = 36;

/** A small picture of a column: bars, or a box with whiskers. */
export function Sparkline({ of, view }: { of: ColumnStatistics; view: 'histogram' | 'box' }) {
  return (
    <svg
      className="st-spark"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {view === 'box' && of.boxPlot ? <Box of={of} /> : <Bars of={of} />}
    </svg>
  );
}

function Bars({ of }: { of: ColumnStatistics }) {
  if (allDiffer(of)) return null;
  const { histogram } = of;
  const most = Math.max(1, ...histogram.map(({ count }) => count));
  const step = WIDTH / Math.max(histogram.length, 5);
  return histogram.map(({ count }, at) => {
    const height = count ? Math.max(1.5, (HEIGHT * count) / most) : 0;
    return (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have a place and nothing else
        key={at}
        x={at * step + 0.5}
        y={HEIGHT - height}
        width={Math.max(1, step - 1)}
        height={height}
      />
    );
  });
}

function Box({ of: { boxPlot, min, max } }: { of: ColumnStatistics }) {
  const box = boxPlot!;
  const low = Number(min ?? box.lowerWhisker);
  const high = Number(max ?? box.upperWhisker);
  const at = (value: number) => 3 + ((WIDTH - 6) * (value - low)) / (high - low || 1);
  const middle = HEIGHT / 2;
  return (
    <g className="st-box">
      <line x1={at(box.lowerWhisker)} x2={at(box.upperWhisker)} y1={middle} y2={middle} />
      <rect
        x={at(box.lowerQuartile)}
        y={7}
        width={Math.max(1, at(box.upperQuartile) - at(box.lowerQuartile))}
        height={HEIGHT - 14}
      />
      <line x1={at(box.median)} x2={at(box.median)} y1={7} y2={HEIGHT - 7} className="st-median" />
      <line x1={at(box.lowerWhisker)} x2={at(box.lowerWhisker)} y1={12} y2={HEIGHT - 12} />
      <line x1={at(box.upperWhisker)} x2={at(box.upperWhisker)} y1={12} y2={HEIGHT - 12} />
    </g>
  );
}
