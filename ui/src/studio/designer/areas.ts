/** What kind of thing a module is, as a sign and a tone: seen before it is read. */
import {
  Activity,
  Box,
  BrainCircuit,
  ChartLine,
  FileOutput,
  GraduationCap,
  Image,
  Import,
  ListFilter,
  type LucideIcon,
  Sigma,
  SquareTerminal,
  TableProperties,
  Target,
  WholeWord,
} from 'lucide-react';

export type Tone = 'data' | 'table' | 'model' | 'figures' | 'text' | 'code';
export type Area = { tone: Tone; Sign: LucideIcon };

/** The first that a category begins with. */
const AREAS: [string, Area][] = [
  ['Data Input', { tone: 'data', Sign: Import }],
  ['Data Format', { tone: 'data', Sign: FileOutput }],
  ['Data Transformation', { tone: 'table', Sign: TableProperties }],
  ['Feature Selection', { tone: 'table', Sign: ListFilter }],
  ['Machine Learning / Train', { tone: 'model', Sign: GraduationCap }],
  ['Machine Learning / Score', { tone: 'model', Sign: Target }],
  ['Machine Learning / Evaluate', { tone: 'figures', Sign: ChartLine }],
  ['Machine Learning', { tone: 'model', Sign: BrainCircuit }],
  ['Statistical', { tone: 'figures', Sign: Sigma }],
  ['Time Series', { tone: 'figures', Sign: Activity }],
  ['Text', { tone: 'text', Sign: WholeWord }],
  ['OpenCV', { tone: 'text', Sign: Image }],
  ['Python', { tone: 'code', Sign: SquareTerminal }],
  ['R Language', { tone: 'code', Sign: SquareTerminal }],
];
const OTHER: Area = { tone: 'code', Sign: Box };

export function areaOf(category: string): Area {
  return AREAS.find(([begin]) => category.startsWith(begin))?.[1] ?? OTHER;
}
