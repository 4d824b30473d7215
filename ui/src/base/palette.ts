/** Ten shades of one colour, and which of them may carry or be text. */

export type Shades = readonly [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
type Rgb = [number, number, number];

const LIGHTER = [0.94, 0.86, 0.72, 0.56, 0.4, 0.22];
const DARKER = [0.16, 0.32, 0.46];

export function shadesOf(hex: string): Shades {
  const colour = rgbOf(hex);
  return [
    ...LIGHTER.map((share) => mixed(colour, [255, 255, 255], share)),
    hexOf(colour),
    ...DARKER.map((share) => mixed(colour, [0, 0, 0], share)),
  ] as unknown as Shades;
}

/** The lightest shade that white text stands out against. */
export function shadeUnderWhite(shades: Shades): number {
  const found = shades.findIndex((shade) => contrast(shade, '#ffffff') >= 4.6);
  return found < 0 ? 9 : Math.max(found, 6);
}

/** The first shade readable on a background: from the middle to dark, or to light. */
export function shadeOn(shades: Shades, background: string, dark: boolean): number {
  const order = dark ? [5, 4, 3, 2, 1, 0] : [6, 7, 8, 9];
  return order.find((index) => contrast(shades[index]!, background) >= 4.8) ?? order.at(-1)!;
}

export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(rgbOf(one)), luminance(rgbOf(other))].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function mixed(colour: Rgb, other: Rgb, share: number): string {
  return hexOf(colour.map((part, i) => part + (other[i]! - part) * share) as Rgb);
}

function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
