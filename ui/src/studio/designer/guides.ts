/** Lines that show, while boxes are dragged, what they stand in one line with. */

export type Box = { x: number; y: number; width: number; height: number };
/** A line on the canvas: down at `x`, or across at `y`, from `from` to `to`. */
export type Guide = { way: 'down' | 'across'; at: number; from: number; to: number };

/** For the nearest that stands under or beside the dragged box, one line each way. */
export function guidesOf(dragged: Box, others: readonly Box[]): Guide[] {
  const under = nearest(others, dragged, (one) => middle(one).x === middle(dragged).x, 'y');
  const beside = nearest(others, dragged, (one) => middle(one).y === middle(dragged).y, 'x');
  const level = beside ?? nearest(others, dragged, (one) => one.y === dragged.y, 'x');
  const guides: Guide[] = [];
  if (under) {
    const ends = [under.y, dragged.y, under.y + under.height, dragged.y + dragged.height];
    guides.push({ way: 'down', at: middle(dragged).x, ...span(ends) });
  }
  if (level) {
    const at = beside ? middle(dragged).y : dragged.y;
    const ends = [level.x, dragged.x, level.x + level.width, dragged.x + dragged.width];
    guides.push({ way: 'across', at, ...span(ends) });
  }
  return guides;
}

function nearest(
  others: readonly Box[],
  to: Box,
  wanted: (box: Box) => boolean,
  along: 'x' | 'y',
): Box | undefined {
  const far = (box: Box) => Math.abs(box[along] - to[along]);
  return others.filter(wanted).sort((one, other) => far(one) - far(other))[0];
}

function middle({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}

function span(ends: number[]): { from: number; to: number } {
  return { from: Math.min(...ends) - 12, to: Math.max(...ends) + 12 };
}
