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

/** The first shade from the middle to dark that is readable on a light background. */
export function shadeOn(shades: Shades, background: string): string {
  const found = shades.slice(6).find((shade) => contrast(shade, background) >= 4.8);
  return found ?? shades[9];
}

/** The colour, as light as it takes on a dark background; white would only make it dull. */
export function brightOn(colour: string, background: string): string {
  const [hue, saturation] = hueOf(rgbOf(colour));
  const vivid = saturation < 0.15 ? saturation : Math.max(saturation, 0.8);
  let found = '#ffffff';
  for (let light = 0.98; light > 0.4; light -= 0.01) {
    const lit = hexOf(ofHue(hue, vivid, light));
    if (contrast(lit, background) < 5.6) break;
    found = lit;
  }
  return found;
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

/** Hue in sixths of the circle, and saturation, as HSL has them. */
function hueOf(colour: Rgb): [number, number] {
  const [r, g, b] = colour.map((part) => part / 255) as Rgb;
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const span = most - least;
  if (span === 0) return [0, 0];
  const hue =
    most === r ? (g - b) / span + 6 : most === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return [hue % 6, span / (1 - Math.abs(most + least - 1))];
}

function ofHue(hue: number, saturation: number, light: number): Rgb {
  const chroma = saturation * (1 - Math.abs(2 * light - 1));
  const part = (at: number) => {
    const away = Math.abs(((hue + at) % 6) - 3) - 1;
    return (light - chroma / 2 + chroma * Math.min(1, Math.max(0, away))) * 255;
  };
  return [part(0), part(4), part(2)];
}

function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
