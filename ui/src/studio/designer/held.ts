import type { Experiment } from '../data/types.ts';
import type { Canvas } from './canvas.ts';
import { readCanvas, writeCanvas } from './document.ts';

/** All that one can change, step by step, and take back. */
export type Held = { name: string; summary: string; canvas: Canvas };

export function heldOf(experiment: Experiment): Held {
  return {
    name: experiment.Description,
    summary: experiment.Summary,
    canvas: readCanvas(experiment),
  };
}

/** What is sent to save, to run or to be looked over. */
export function contentOf({ name, summary, canvas }: Held) {
  return { Description: name.trim() || '?', Summary: summary, ...writeCanvas(canvas) };
}
